"""`krn office audit accept`: somebody answers for what kiosks remember of the audit and the office does not hold."""

import argparse
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from kiosk.opening import office_config
from krn_engine.office.access.database import Database
from krn_engine.office.access.differing import accept_all, all_differing
from krn_engine.office.access.witnesses import all_witnesses, forget_witness
from krn_engine.office.audit.evidence import still_differing
from krn_engine.office.audit.telling import Teller
from krn_engine.register.audit.entries import LOCAL, AuditEvent
from krn_engine.register.database import Register
from krn_engine.register.tables import audit

SHORTEST = 3
"""Letters of a reason."""
LONGEST = 200
_NOTHING = "no kiosk remembers anything of the audit that this office does not hold: there is nothing to accept"


def add_parser(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add it to `krn office audit`."""
    accept = parts.add_parser("accept", help="answer for what kiosks remember of the audit and the office lacks")
    accept.add_argument("--because", required=True, type=_said, metavar="TEXT", help="why: it stands in the audit")
    accept.add_argument("--by", required=True, type=_said, metavar="NAME", help="who answers for it")
    accept.set_defaults(run=run)
    return accept


def _said(text: str) -> str:
    said = " ".join(text.split())
    if not SHORTEST <= len(said) <= LONGEST or not said.isprintable():
        raise argparse.ArgumentTypeError(f"{SHORTEST} to {LONGEST} letters are needed")
    return said


def run(args: argparse.Namespace) -> int:
    """The audit gets an entry first; what is accepted is told in it, and is no fault any more."""
    config = office_config(args.register, args.config)
    if not Database.has_callers(config.register):
        print(_NOTHING)
        return 0
    with Register.open_without_rows(config.register) as register, Database.of_callers(config.register) as access:
        with access.read() as connection:
            kept, remembered = all_differing(connection), list(all_witnesses(connection))
        with register.read() as connection:
            differing = still_differing(connection, kept)
            beyond = [told for told in remembered if _hash_at(connection, told[1]) != told[2]]
        if not differing and not beyond:
            print(_NOTHING)
            return 0
        accepted = sorted({*((found.name, found.seq, found.hash) for found in differing), *beyond})
        Teller(register)(AuditEvent.DIFFERENCE_ACCEPTED, LOCAL, by=args.by, because=args.because, checkpoints=accepted)
        with access.write() as connection:
            accept_all(connection, datetime.now(UTC))
            for name, seq, digest in beyond:
                forget_witness(connection, name, seq, digest)
    for name, seq, _ in accepted:
        print(f"accepted: what {name} knows of entry {seq}")
    return 0


def _hash_at(connection: Connection, seq: int) -> str:
    digest = connection.execute(select(audit.c.hash).where(audit.c.seq == seq)).scalar()
    return "" if digest is None else digest.hex()
