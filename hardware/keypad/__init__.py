"""The keypad adapter: contacts across a meter's keys, the typist that closes them, and sensors that read the answer."""
