"""The commands of `krn`: each module adds its own parsers, and is imported only when it is asked for."""
