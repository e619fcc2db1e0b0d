"""The keypad adapter: contacts across a meter's keys, fingers that press them, and senses that read the answer."""
