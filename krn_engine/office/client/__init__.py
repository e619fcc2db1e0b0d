"""The office across a network, as a kiosk asks it. Needs `requests`, and nothing of the server."""
