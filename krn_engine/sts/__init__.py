"""IEC 62055-41, the standard transfer specification: pure functions and immutable values, with no I/O.

`docs/sts.md` says which module holds which clause.
"""
