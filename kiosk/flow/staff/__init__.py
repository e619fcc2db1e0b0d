"""The steps of the office's people and of technicians, behind the PIN."""
