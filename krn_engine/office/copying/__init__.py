"""What a kiosk keeps of its office for the time without a network: made here, page by page; and what comes back of it.

A kiosk first lists every meter of its units, then follows the audit's sealed entries. Rows are made ahead for it and
put on no record: a meter whose rows lie in a copy was not given any (docs/decisions/0026).
"""
