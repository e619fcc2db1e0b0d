"""The same office by chat: what is said, whatever carries it."""
