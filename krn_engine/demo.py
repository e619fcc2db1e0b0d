"""A plainly invented province: people called Contoh, with numbers that no utility gives, and every case a kiosk meets.

Everything follows from a seed, so that two runs, and two machines, show the same. The vending keys are random bytes
with odd parity; they open no meter but the virtual ones.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Any

from sqlalchemy import func, insert, select

from krn_engine.issuing.campaign import Campaign
from krn_engine.issuing.key_state import KeyState
from krn_engine.issuing.plan import plan, rows_of
from krn_engine.issuing.vault import Vault, VaultEntry
from krn_engine.masking import mask_name
from krn_engine.office.contract import Grade, RowOutcome
from krn_engine.register.audit.beginning import take_over
from krn_engine.register.concurrency import is_served_by_many
from krn_engine.register.database import Register
from krn_engine.register.ready import ready_record
from krn_engine.register.seal import Keeper
from krn_engine.register.tables import KeyStateBy, RowOrigin, customers, key_changes, meters, outcomes, ready_rows
from krn_engine.register.tally import recount
from krn_engine.row import BENAR, Row
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import BaseDate, Drn, Ken, KeyType, Krn, MeterPan, Sgc, Ti, luhn_digit
from krn_engine.sts.keys import Dkga, Ea, VendingKey
from krn_engine.sts.meter_state import MeterState
from krn_engine.sts.tid import Tid

DEMO_DAY = datetime(2026, 1, 15, 2, 0, tzinfo=UTC)
"""The day of everything in the province's own history."""
MANUFACTURER = "99"
AREA = "99"
UNIT = "99001"
SGC_EA07, SGC_EA11 = Sgc("999007"), Sgc("999011")
_WORDS = ("Satu", "Dua", "Tiga", "Empat", "Lima", "Enam", "Tujuh", "Delapan", "Melati", "Mawar", "Kenanga", "Dahlia")
_TARIFFS = (("R1", 900), ("R1", 1300), ("R1M", 900), ("R1", 2200), ("R1T", 450), ("B1", 5500))
BATCH = 5000


class DemoCase(Enum):
    """What a person can meet."""

    FOUR_ROWS = "four rows"
    TWO_ROWS = "two rows"
    EA11 = "four sections of an STS6 meter"
    DONE = "already upgraded"
    PERIKSA = "the meter says PERIKSA"
    HALF_DONE = "pair 1 is in, pair 2 is not"
    UNKNOWN_STATE = "the record does not say which key the meter holds"
    READY_MADE = "rows that came ready-made"
    BLOCKED = "blocked by the office"


_PATTERN = (
    *(DemoCase.FOUR_ROWS,) * 3,
    DemoCase.TWO_ROWS,
    DemoCase.EA11,
    DemoCase.DONE,
    DemoCase.PERIKSA,
    DemoCase.HALF_DONE,
    DemoCase.UNKNOWN_STATE,
    DemoCase.READY_MADE,
    DemoCase.BLOCKED,
    *(DemoCase.DONE,) * 5,
)
"""The cases in their turn; the first customers show every one of them."""


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """One invented customer, and the truth about the meter, which the record need not know."""

    case: DemoCase
    idpel: str
    meter_number: str
    name: str
    tariff: str
    power_va: int
    installed_on: date
    state: KeyState
    """The key that the meter really holds."""
    credit: int
    """In 0.1 kWh."""


def numbered(index: int) -> tuple[str, str]:
    """The IDPEL and the meter number of one of the invented customers; no two share either."""
    payload = f"{MANUFACTURER}{10_000_000 + index * 37 % 90_000_000:08d}"
    return f"{AREA}{index * 7919 % 10**10:010d}", payload + luhn_digit(payload)


class DemoProvince:
    """`count` invented customers."""

    def __init__(self, count: int = 64, seed: int = 1) -> None:
        self._count = count
        self._seed = seed
        self.campaign = Campaign.default()

    @cached_property
    def vault(self) -> Vault:
        """The province's vending keys, and the sample tables that its meters run on."""
        source = random.Random(f"demo vending keys {self._seed}")  # noqa: S311  invented keys that open nothing
        entries = [
            VaultEntry(
                VendingKey(sgc, Krn(krn), KeyType.DUTK, dkga, base, Ken(ken), _vending_key(source, dkga)), expires=None
            )
            for sgc, dkga in ((SGC_EA07, Dkga.DKGA02), (SGC_EA11, Dkga.DKGA04))
            for krn, base, ken in ((1, BaseDate.Y1993, 255), (2, BaseDate.Y1993, 255), (3, BaseDate.Y2014, 255))
        ]
        return Vault(tuple(entries), SAMPLE_TABLES)

    def __iter__(self) -> Iterator[DemoCustomer]:
        source = random.Random(f"demo customers {self._seed}")  # noqa: S311
        for index in range(self._count):
            yield self._customer(index, source)

    def __len__(self) -> int:
        return self._count

    def first(self, case: DemoCase) -> DemoCustomer:
        """The first customer of a case; raises LookupError if the province is too small to have one."""
        for customer in self:
            if customer.case is case:
                return customer
        raise LookupError(f"this province is too small for the case {case.value!r}")

    def _customer(self, index: int, source: random.Random) -> DemoCustomer:
        case = _PATTERN[index % len(_PATTERN)]
        idpel, meter_number = numbered(index)
        tariff, power = source.choice(_TARIFFS)
        return DemoCustomer(
            case=case,
            idpel=idpel,
            meter_number=meter_number,
            name=f"Contoh {source.choice(_WORDS)} {source.choice(_WORDS)}",
            tariff=tariff,
            power_va=power,
            installed_on=date(2012, 1, 1) + timedelta(days=source.randrange(3000)),
            state=_state(case),
            credit=source.randrange(20, 4000),
        )

    def meter_state(self, customer: DemoCustomer) -> MeterState:
        """The customer's meter as it really is, for a virtual meter to start from."""
        key = self.vault.decoder_key(customer.state, MeterPan.of(Drn(customer.meter_number)))
        bought = DEMO_DAY if customer.state.base_date is BaseDate.Y2014 else datetime(2024, 6, 1, tzinfo=UTC)
        tids = tuple(Tid.at(bought - timedelta(days=30 * n), customer.state.base_date) for n in range(5, 0, -1))
        return MeterState(
            drn=Drn(customer.meter_number),
            key=key,
            tables=SAMPLE_TABLES,
            credit=customer.credit,
            tids=tids,
            tampered=customer.case is DemoCase.PERIKSA,
        )

    def load(self, register: Register) -> None:
        """Put every customer into an empty register, in one transaction."""
        with register.write() as connection:
            batch: list[DemoCustomer] = []
            first_id = 1
            for customer in self:
                batch.append(customer)
                if len(batch) == BATCH:
                    self._load(connection, batch, first_id, register.keeper)
                    first_id += len(batch)
                    batch = []
            if batch:
                self._load(connection, batch, first_id, register.keeper)
            if is_served_by_many(connection):
                # Its ids were given here, and the database goes on after them.
                for table in (meters, customers, outcomes):
                    newest = select(func.coalesce(func.max(table.c.id), 1)).scalar_subquery()
                    connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), newest)))
            recount(connection)
            take_over(connection, DEMO_DAY)

    def _load(self, connection: Any, batch: list[DemoCustomer], first_id: int, keeper: Keeper) -> None:
        ids = range(first_id, first_id + len(batch))
        connection.execute(insert(meters), [_meter(i, c) for i, c in zip(ids, batch, strict=True)])
        connection.execute(insert(customers), [_customer(i, c) for i, c in zip(ids, batch, strict=True)])
        ready = [self._ready(i, c, keeper) for i, c in zip(ids, batch, strict=True) if c.case is DemoCase.READY_MADE]
        half = [(i, c) for i, c in zip(ids, batch, strict=True) if c.case is DemoCase.HALF_DONE]
        if ready:
            connection.execute(insert(ready_rows), ready)
        if half:
            connection.execute(insert(key_changes), [self._pair_1(i, c, keeper) for i, c in half])
            connection.execute(insert(outcomes), [row for i, _ in half for row in _accepted_pair(i)])

    def _rows(self, customer: DemoCustomer, start: KeyState) -> list[tuple[Row, ...]]:
        pan = MeterPan.of(Drn(customer.meter_number))
        return [rows_of(step, pan, self.vault, DEMO_DAY) for step in plan(start, self.campaign).steps]

    def _ready(self, meter_id: int, customer: DemoCustomer, keeper: Keeper) -> dict[str, object]:
        pair_1, pair_2 = self._rows(customer, customer.state)
        return {"meter_id": meter_id, **ready_record(customer.meter_number, (*pair_1, *pair_2), keeper)}

    def _pair_1(self, meter_id: int, customer: DemoCustomer, keeper: Keeper) -> dict[str, object]:
        before = replace(customer.state, krn=Krn(1))
        states = str(before), str(customer.state)
        rows = self._rows(customer, before)[0]
        return {
            "id": _change_id(meter_id),
            "meter_id": meter_id,
            "from_state": states[0],
            "to_state": states[1],
            "source": RowOrigin.ENGINE.value,
            "sections": len(rows),
            "rows": keeper.close(" ".join(rows), customer.meter_number, *states),
            "issued_at": DEMO_DAY,
        }


def _state(case: DemoCase) -> KeyState:
    if case is DemoCase.EA11:
        return KeyState(Ea.EA11, Dkga.DKGA04, SGC_EA11, Ti(1), Krn(1), KeyType.DUTK, BaseDate.Y1993)
    krn = {DemoCase.TWO_ROWS: 2, DemoCase.HALF_DONE: 2, DemoCase.DONE: 3}.get(case, 1)
    base = BaseDate.Y2014 if krn == 3 else BaseDate.Y1993
    return KeyState(Ea.EA07, Dkga.DKGA02, SGC_EA07, Ti(1), Krn(krn), KeyType.DUTK, base)


def _meter(meter_id: int, customer: DemoCustomer) -> Mapping[str, object]:
    state = customer.state
    known = customer.case is not DemoCase.UNKNOWN_STATE
    return {
        "id": meter_id,
        "number": customer.meter_number,
        **{name: value if known else None for name, value in state.to_record().items()},
        "ken": 255 if known else None,
        "installed_on": customer.installed_on,
        "blocked": "contoh: pelanggan diblokir" if customer.case is DemoCase.BLOCKED else None,
        "key_state_by": (KeyStateBy.OUTCOME if customer.case is DemoCase.HALF_DONE else KeyStateBy.IMPORT).value,
    }


def _customer(meter_id: int, customer: DemoCustomer) -> Mapping[str, object]:
    return {
        "idpel": customer.idpel,
        "meter_id": meter_id,
        "name": mask_name(customer.name),
        "tariff": customer.tariff,
        "power_va": customer.power_va,
        "unit": UNIT,
    }


def _accepted_pair(meter_id: int) -> list[dict[str, object]]:
    return [
        {
            "key_change_id": _change_id(meter_id),
            "section": section,
            "outcome": RowOutcome.ACCEPTED.value,
            "evidence": BENAR,
            "by": "demo",
            "grade": Grade.SENSOR.value,
            "at_place": "demo",
            "attempt_id": f"demo-{meter_id}-{section}",
            "recorded_at": DEMO_DAY,
        }
        for section in (1, 2)
    ]


def _change_id(meter_id: int) -> str:
    return f"{meter_id:032x}"


def _vending_key(source: random.Random, dkga: Dkga) -> bytes:
    raw = source.randbytes(dkga.vending_key_bytes)
    if dkga is not Dkga.DKGA02:
        return raw
    return bytes(byte & 0xFE | (byte >> 1).bit_count() % 2 ^ 1 for byte in raw)
