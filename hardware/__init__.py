"""Everything with a wire: the adapters that put tokens into a meter, and the virtual meter that takes their place."""
