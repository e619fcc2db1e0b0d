"""The virtual meter's optical face: light, sign-on, HDLC and a Token gateway, with the same meter behind them."""
