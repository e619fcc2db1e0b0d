"""The audit of a register: every fact has an entry, written with it, in a chain that shows what was changed later."""
