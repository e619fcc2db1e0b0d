"""What people touch: the touchscreen application and the command line."""
