"""Puts records on the card through the project's own code, and says so only when each call has returned."""

import hashlib
import itertools
import os
import sys
import uuid

from sqlalchemy import event

from hardware.adapter import Evidence, Outcome, Source, Submission
from hardware.journal import Journal
from krn_engine.demo import DemoCase, DemoProvince
from krn_engine.office.local import LocalOffice
from krn_engine.register import database
from krn_engine.register.database import Register, sqlite_url
from tests.pi.guest.card import mounted

if "unsynced" in sys.argv:
    # The control: everything as it is, but nothing waits for the card.
    os.fsync = lambda _descriptor: None  # type: ignore[assignment]
    os.fdatasync = lambda _descriptor: None  # type: ignore[assignment]
    made = database._engine

    def unsynced(url):  # type: ignore[no-untyped-def]
        engine = made(url)

        @event.listens_for(engine, "connect")
        def _careless(connection, _record):  # type: ignore[no-untyped-def]
            connection.execute("PRAGMA synchronous=OFF")

        return engine

    database._engine = unsynced

card = mounted()
province = DemoProvince(16)
url = sqlite_url(card / "register.db")
if not (card / "register.db").exists():
    with Register.create(url) as register:
        province.load(register)
    os.sync()
number = province.first(DemoCase.FOUR_ROWS).meter_number
taken = Submission(Outcome.ACCEPTED, Evidence(Source.PICTURE, "BENAR", "camera"))
journal = Journal(card / "journal")
boot = uuid.uuid4().hex[:8]
with Register.open(url) as register:
    office = LocalOffice(register, province.campaign, province.vault)
    print("RUNNING", flush=True)
    for count in itertools.count():
        request = f"{boot}-{count}"
        journal.begin(request, "0" * 20)
        print(f"SHOWN begun {request}", flush=True)
        journal.end(request, taken)
        print(f"SHOWN ended {request}", flush=True)
        rows = office.issue(number, request).rows
        print(f"SHOWN rows {request} {hashlib.sha256(' '.join(rows).encode()).hexdigest()[:12]}", flush=True)
