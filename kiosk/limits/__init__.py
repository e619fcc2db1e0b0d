"""What slows down whoever tries numbers or PINs out."""
