"""Copies of kiosks, and what they deliver."""
