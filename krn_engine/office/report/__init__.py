"""How far the campaign is, for whoever steers it: numbers, plots of them, and the files that they are sent as."""
