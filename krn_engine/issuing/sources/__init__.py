"""Where rows come from: one port, and behind it the vault, a PKCS#11 module and an STS security module."""
