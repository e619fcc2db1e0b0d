"""One kiosk of the demo's office on the network: a process of its own, drawn in memory, whose meters are virtual.

python -m kiosk.demo.office_kiosk SETTINGS NAME CODE PICTURES

It is enrolled with the code, and obeys lines of JSON on its input, one at a time, with one line as the answer:
["serve", IDPEL] · ["codes", IDPEL] · ["prove", IDPEL] · ["staff"] · ["copied"] · ["delivered"]. It ends with its input.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from hardware.adapter import Model
from hardware.keypad.models import DEFAULT_MODEL
from hardware.virtual.printer import VirtualPrinter
from kiosk.demo.meters import DemoMeters, Wire
from kiosk.demo.tour import PACE, Tour
from kiosk.office_link import token_file, way_of
from kiosk.settings.config import Config
from kiosk.upgrade.session import UpgradeSession
from kiosk.view.views import HomeView, MenuView, ReportView
from kiosk.workplace import Workplace, configured_workplace
from krn_engine.demo import DemoProvince
from krn_engine.office.client.kept_token import KeptToken
from krn_engine.office.client.remote import enrol
from krn_engine.office.contract import Found, Grade
from krn_engine.office.offline.office import OfflineOffice

PATIENCE = 40.0
"""Seconds for the copy to be whole, or the outbox to be empty."""
LOOKS_EVERY = 0.05


def main(settings: str, name: str, code: str, pictures: str) -> int:
    """Until its input ends."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    config = Config.read(Path(settings))
    _enrol(config, name, code)
    meters = DemoMeters(DemoProvince(), Wire(pace=PACE))
    with configured_workplace(config) as here:
        kiosk = replace(
            here,
            connect=meters.connect,
            models=(Model(DEFAULT_MODEL, DEFAULT_MODEL),),
            printer=VirtualPrinter(),
            clock=meters.clock,
            demo=True,
        )
        if here.offline is None:
            raise RuntimeError("this kiosk keeps no copy of its office")
        tour, office = Tour(kiosk, Path(pictures)), here.offline
        orders: dict[str, Callable[..., Any]] = {
            "serve": lambda idpel: tour.walk(idpel, lambda _line: None),
            "codes": tour.take_away,
            "prove": lambda idpel: _prove(kiosk, idpel),
            "staff": lambda: _look_at_the_office(tour),
            "copied": lambda: _wait(office, lambda: office.status.as_of is not None and office.status.lease_good),
            "delivered": lambda: _wait(office, lambda: office.status.online and not office.status.waiting),
        }
        _say("ready")
        for line in sys.stdin:
            order, *words = json.loads(line)
            _say(orders[order](*words))
    return 0


def _say(answer: Any) -> None:
    print(json.dumps(answer), flush=True)


def _enrol(config: Config, name: str, code: str) -> None:
    """What krn setup does with the code that staff made."""
    if config.office_url is None or config.state is None:
        raise RuntimeError("these are no settings of a kiosk on the network")
    with closing(way_of(config.office_url, config)) as way:
        KeptToken.keep(token_file(config.state), enrol(way, name, code))


def _prove(here: Workplace, idpel: str) -> list[int | None]:
    """An officer connects a meter, which gets what it still needs. Its KRN before, and the one that it shows."""
    found = here.office.find(idpel)
    if not isinstance(found, Found) or here.connect is None:
        raise RuntimeError("this meter is not at the office")
    issued = here.office.issue(found.meter_number, uuid.uuid4().hex)
    with here.connect(found.meter_number, DEFAULT_MODEL) as adapter:
        session = UpgradeSession(
            here.office,
            issued,
            adapter,
            place=here.place,
            word=Grade.TECHNICIAN,
            clock=here.clock,
            wait=here.wait,
        )
        report = session.run()
    return [found.krn, report.krn if report.proved else None]


def _look_at_the_office(tour: Tour) -> None:
    """Staff look how kiosk and office stand; a picture of it."""
    tour.tap("staff")
    tour.arrive(MenuView)
    tour.picture("staff")
    tour.tap("menu-network")
    tour.arrive(ReportView)
    tour.picture("office")
    tour.tap("home")
    tour.arrive(HomeView)


def _wait(office: OfflineOffice, holds: Callable[[], bool]) -> dict[str, Any]:
    """How it stands once that is so. Raises TimeoutError."""
    end = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"the kiosk and its office did not come so far: {office.status.code}")
        time.sleep(LOOKS_EVERY)
    status = office.status
    return {"waiting": status.waiting, "refused": status.refused, "online": status.online}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
