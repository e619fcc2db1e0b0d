"""What a test starts in a process of its own, with `python -m` from the project's folder."""
