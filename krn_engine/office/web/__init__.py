"""Pages for the counter and the region, made at the office: forms that work without JavaScript."""
