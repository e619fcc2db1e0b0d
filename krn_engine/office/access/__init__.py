"""Who may ask an office across the network: callers, their tokens, codes for new ones, people who
sign in, and how often each may ask.

Apart from the register (docs/decisions/0023): an older copy of the register that is put back must not bring a revoked
token back to life.
"""

# All tables are known before a database is made or opened.
from krn_engine.office.access import capabilities as capabilities
from krn_engine.office.access import people_tables as people_tables
