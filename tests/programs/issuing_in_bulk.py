"""Issues to all meters of a register, a few at a time, and says how far it is; somebody may kill it.

After each few it waits for a line of its standard input, and at the end for the end of it.

python -m tests.programs.issuing_in_bulk URL
"""

import sys

from krn_engine.bulk import issuing
from krn_engine.bulk.issuing import Issuer
from krn_engine.demo import DEMO_DAY, DemoProvince
from krn_engine.issuing.sources.router import Sources
from krn_engine.register.database import Register

if __name__ == "__main__":
    issuing.METERS = 10
    province = DemoProvince(1)
    with Register.open(sys.argv[1]) as register:
        sources = Sources.of_vault(province.vault)

        def told(done: int, _size: int) -> None:
            print(done, flush=True)
            sys.stdin.readline()

        Issuer(register, province.campaign, sources, clock=lambda: DEMO_DAY).run(told)
    sys.stdin.read()
