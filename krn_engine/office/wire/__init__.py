"""How the office's values become JSON and back, for both ends of the network. Pure; nothing else knows it."""
