"""What an office does with its audit: checkpoints that others keep, reading it, and telling whether it is whole."""
