"""Which rows a meter needs, and the vault that their vending keys come from."""
