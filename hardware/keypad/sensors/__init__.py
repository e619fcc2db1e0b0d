"""What can tell the meter's answer. Each may say "don't know"; none may guess."""
