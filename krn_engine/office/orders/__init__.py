"""Work orders: what officers have to do at meters, out as lists and back as results."""
