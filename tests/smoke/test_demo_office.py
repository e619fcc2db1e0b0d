"""`make demo-office`, run once: it comes to its end, and nothing that it leaves beside pictures tells a secret."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.demo.office_tour import PASSWORD
from kiosk.demo.ways import BOT_SECRET, BOT_TOKEN
from krn_engine.demo import DEMO_DAY, SGC_EA07, SGC_EA11, DemoCase, DemoCustomer, DemoProvince
from krn_engine.issuing.plan import plan, rows_of
from krn_engine.sts.identity import Drn, KeyType, Krn, MeterPan
from krn_engine.sts.keys import Dkga
from tests.support.make import make

PROVINCE = DemoProvince()
DUE = [customer for customer in PROVINCE if customer.case is DemoCase.FOUR_ROWS]
SERVED, AT_HOME, ASKED_FOR = (*DUE[:2], *DUE[3:5]), DUE[2], DUE[5]
KEYS = [
    PROVINCE.vault.find(sgc, Krn(krn), KeyType.DUTK, dkga).key
    for sgc, dkga in ((SGC_EA07, Dkga.DKGA02), (SGC_EA11, Dkga.DKGA04))
    for krn in (1, 2, 3)
]
RUN = 10
"""So many digits of a row one after the other are no chance."""
TOLD = ("office.log", "kiosk-1.log", "kiosk-2.log", "metrics.txt", "openapi.json", "problems.txt", "audit.txt")
TOKEN = re.compile(r"/r#[A-Za-z0-9_-]{22}|kr[ns]_[A-Za-z0-9]{8,}_[A-Za-z0-9_-]{40,}")


def rows(customer: DemoCustomer) -> list[str]:
    steps = plan(customer.state, PROVINCE.campaign).steps
    pan = MeterPan.of(Drn(customer.meter_number))
    return [str(row) for step in steps for row in rows_of(step, pan, PROVINCE.vault, DEMO_DAY)]


def canaries() -> Iterator[tuple[str, str]]:
    """What must not be there, by what it is."""
    for customer in PROVINCE:
        yield "a name", customer.name
        yield "a number", customer.idpel
        yield "a number", customer.meter_number
    for customer in (*SERVED, AT_HOME, ASKED_FOR):
        for row in rows(customer):
            yield from (("digits of a row", row[start : start + RUN]) for start in range(len(row) - RUN + 1))
    for key in KEYS:
        yield "a key", key.value.hex()
    for secret in (PASSWORD, BOT_TOKEN, BOT_SECRET):
        yield "a secret", secret


CANARIES = tuple(canaries())


def found(text: str) -> set[str]:
    """Which kinds of secrets a text tells."""
    lower = text.lower()
    kinds = {kind for kind, canary in CANARIES if canary.lower() in lower}
    return kinds | ({"a token"} if TOKEN.search(text) else set())


@pytest.mark.slow
def test_the_demo_comes_to_its_end_and_tells_no_secret(tmp_path: Path) -> None:
    done = make(tmp_path, "demo-office")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("KRN 1 is now KRN 3") == len(SERVED)
    for told in (
        "claim, no proof",
        "Chat:      goes on with codes 3 and 4",
        "which proves it",
        "Pages:     the office's",
    ):
        assert told in done.stdout
    assert "Delivered: the office knows of" in done.stdout
    assert re.search(r"Audit: +\d+ entries whole from 1 on", done.stdout)
    left = tmp_path / "demo-output/office"
    assert {path.name for path in left.iterdir() if path.is_file()} == set(TOLD)
    assert all((left / kiosk / "01-home.png").exists() for kiosk in ("kiosk-1", "kiosk-2"))
    for name in TOLD:
        assert found((left / name).read_text()) == set(), name
    # They are no empty files: what happened stands in them.
    assert '"operation": "sync"' in (left / "office.log").read_text()
    assert 'operation="deliver"' in (left / "metrics.txt").read_text()
    assert "issued" in (left / "audit.txt").read_text()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f'{{"meter": "{SERVED[0].meter_number}"}}', "a number"),
        (f"no customer {ASKED_FOR.idpel}", "a number"),
        (f"of {SERVED[1].name.upper()}", "a name"),
        (f"row {rows(SERVED[2])[3][5:17]}", "digits of a row"),
        (KEYS[0].value.hex().upper(), "a key"),
        ("Bearer krn_ab12cd34ef56_" + "x" * 43, "a token"),
    ],
)
def test_a_secret_is_found(text: str, kind: str) -> None:
    assert found(text) == {kind}
