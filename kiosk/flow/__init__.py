"""The session as a state machine. Nothing here knows pygame: steps decide, screens draw."""
