"""The settings of one workplace: what they are, and how their file is written."""
