"""The optical adapter: a meter that is reached by light, through its own optical port."""
