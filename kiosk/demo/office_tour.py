"""`make demo-office`: an office on the network and two kiosks of it, each a real process, on this machine alone.

Both kiosks serve a customer. A third takes codes home: a telephone says that the first pair is in, a chat goes on with
the second, an officer connects the meter, and the office's page says that it is proved. The way of one kiosk to the
office is cut: it goes on from its copy, and delivers what came of it once the way is there again. Then the audit is
verified. Pictures of the screens are saved, and beside them all that
office and kiosks said meanwhile: their logs, the office's metrics, its OpenAPI document, what it refused, its audit.
"""

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import requests

from kiosk.demo.line import Line, Way
from kiosk.demo.service import OfficeProcess
from kiosk.demo.ways import AtThePages, Chat, Telephone, chat
from krn_engine.demo import UNIT, DemoCase, DemoCustomer, DemoProvince
from krn_engine.office.client.remote import enrol
from krn_engine.office.client.way import Way as ToOffice
from krn_engine.row import grouped

OUTPUT = Path("demo-output/office")
KIOSKS = ("kiosk-1", "kiosk-2")
PERSON, PASSWORD = "demo-officer", "plainly invented"
UP_TO_DATE = "Sudah versi terbaru"
"""As the office's page has it."""
TO, OF = 3, 1
"""The KRN of an upgraded meter, and that of the customers whom the kiosks serve."""


class DemoFailed(RuntimeError):
    """What was to happen did not."""


class Kiosk:
    """A kiosk in a process of its own, at the end of a line to its office. Close it."""

    def __init__(self, name: str, code: str, office: str, folder: Path, output: Path) -> None:
        self.name = name
        self.line = Line(office)
        settings = folder / f"{name}.toml"
        settings.write_text(
            f'office_url = "{self.line.url}"\nstate = "{folder / name}"\nplace = "{name}"\npanel = "window"\n'
            "fullscreen = false\n"
        )
        pictures = output / name
        pictures.mkdir()
        command = [sys.executable, "-m", "kiosk.demo.office_kiosk", str(settings), name, code, str(pictures)]
        with (output / f"{name}.log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own program
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )

    def ready(self) -> None:
        """It is enrolled, and its first screen stands."""
        self._answer()

    def do(self, order: str, *words: str) -> Any:
        """See `kiosk.demo.office_kiosk`. Raises DemoFailed if it cannot."""
        self.begin(order, *words)
        return self._answer()

    def begin(self, order: str, *words: str) -> None:
        """The same, and somebody else may be told to do something meanwhile."""
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps([order, *words]) + "\n")
            self._process.stdin.flush()

    def done(self) -> Any:
        """What came of what was begun. Raises DemoFailed."""
        return self._answer()

    def _answer(self) -> Any:
        line = "" if self._process.stdout is None else self._process.stdout.readline()
        if not line:
            raise DemoFailed(f"{self.name} ended too soon: its log has the reason")
        return json.loads(line)

    def close(self) -> None:
        """Let it go."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(30)
        finally:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self.line.close()


def main() -> int:
    """Tell the story; 0 if all of it came to pass."""
    began = time.monotonic()
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="krn-office-") as folder:
        try:
            _Story(Path(folder), OUTPUT).tell()
        except (DemoFailed, OSError, subprocess.CalledProcessError, requests.RequestException) as error:
            print(f"The demo could not go on: {error}. Look at the logs in {OUTPUT}/", file=sys.stderr)
            return 1
    pictures = len(list(OUTPUT.glob("*/*.png")))
    print(f"{pictures} pictures, logs and metrics in {OUTPUT}/, {time.monotonic() - began:.0f} s")
    return 0


class _Story:
    def __init__(self, folder: Path, output: Path) -> None:
        self._folder = folder
        self._output = output
        self._settings = folder / "office" / "kiosk.toml"
        self._customers = [customer for customer in DemoProvince() if customer.case is DemoCase.FOUR_ROWS]

    def tell(self) -> None:
        """From the empty folder to the verified audit."""
        _krn("office", "demo", "--out", str(self._settings.parent))
        with ExitStack() as all_of_it:
            process = OfficeProcess(self._settings, self._output / "office.log")
            process.url = f"http://127.0.0.1:{_free_port()}"
            someone = all_of_it.enter_context(chat(self._folder))
            self._settings_for(process.url, someone)
            office = all_of_it.enter_context(process)
            print(
                f"Office:    a demo province of {len(DemoProvince())} customers at {office.url}, its register in SQLite"
            )
            kiosks = [
                all_of_it.enter_context(closing(Kiosk(name, self._code(name), office.url, self._folder, self._output)))
                for name in KIOSKS
            ]
            for kiosk in kiosks:
                kiosk.ready()
            print(f"Enrolled:  {' and '.join(KIOSKS)}, each by a code that is good once")
            self._serve(*kiosks)
            self._at_home(kiosks, office.url, someone)
            self._without_the_office(*kiosks)
            self._ask_the_office(office.url)
        self._reckon()

    def _serve(self, one: Kiosk, other: Kiosk) -> None:
        served = {kiosk: self._customers.pop(0) for kiosk in (one, other)}
        for kiosk, customer in served.items():
            kiosk.begin("serve", customer.idpel)
        for kiosk, customer in served.items():
            self._upgraded(kiosk, customer, kiosk.done())

    def _settings_for(self, url: str, someone: Chat) -> None:
        """The office has home pages, a chat, and somebody who signs in."""
        chats = self._folder / "chats.toml"
        chats.write_text(someone.settings)
        with self._settings.open("a") as settings:
            settings.write(f'home_url = "{url}"\nchats = "{chats}"\n')
        _krn("office", "people", "add", PERSON, "--scope", "officer", "--unit", UNIT, *self._to(), given=PASSWORD)

    def _to(self) -> tuple[str, ...]:
        return "--config", str(self._settings)

    def _at_home(self, kiosks: Sequence[Kiosk], office: str, someone: Chat) -> None:
        (one, officer), customer = kiosks, self._customers.pop(0)
        telephone = Telephone(one.do("codes", customer.idpel))
        print(f"Codes:     {one.name}, customer {grouped(customer.idpel)}: a slip, and a page for the telephone")
        first, second = telephone.opens()["pairs"]
        if telephone.says_in(first[1])["known"] != first[1]:
            raise DemoFailed("what the telephone said is not known")
        print(f"At home:   the telephone says that codes {first[0]} and {first[1]} are in: a claim, no proof")
        answer = someone.writes(office, f"#{customer.meter_number}")
        if not re.search(rf"\b{second[0]}\b", answer) or re.search(rf"(?m)^{first[0]}\)", answer):
            raise DemoFailed("the chat did not go on with the second pair")
        print(f"Chat:      goes on with codes {second[0]} and {second[1]}, whoever asks by the meter's number")
        if officer.do("prove", customer.idpel) != [OF, TO]:
            raise DemoFailed("the officer did not prove the meter")
        print(f"Officer:   connects the meter to {officer.name}: it shows KRN {TO}, which proves it")
        with closing(AtThePages(office)) as page:
            page.signs_in(PERSON, PASSWORD)
            shown = page.looks_up(customer.meter_number)
        if UP_TO_DATE not in shown:
            raise DemoFailed("the office's page does not say that the meter is proved")
        print("Pages:     the office's page of this meter says so too")

    def _without_the_office(self, one: Kiosk, cut: Kiosk) -> None:
        cut.do("copied")
        print(f"Copied:    {cut.name} has a sealed copy of what its unit may be given, and a lease for it")
        cut.line.be(Way.CUT)
        print(f"Cut:       the way from {cut.name} to the office")
        customers = [self._customers.pop(0) for _ in range(2)]
        one.begin("serve", customers[0].idpel)
        self._upgraded(cut, customers[1], cut.do("serve", customers[1].idpel))
        self._upgraded(one, customers[0], one.done())
        before = self._report()
        cut.do("staff")
        cut.line.be(Way.OPEN)
        print(f"Open:      the way from {cut.name} to the office, which knows of {before} upgraded meters so far")
        stands = cut.do("delivered")
        after = self._report()
        if stands["refused"] or after != before + 1:
            raise DemoFailed("what was done without the office did not come to it as it was")
        print(f"Delivered: the office knows of {after}; nothing waits, nothing was refused")
        cut.do("staff")

    def _upgraded(self, kiosk: Kiosk, customer: DemoCustomer, versions: list[int] | None) -> None:
        if versions != [OF, TO]:
            raise DemoFailed(f"{kiosk.name} did not upgrade its customer's meter")
        print(f"Served:    {kiosk.name}, customer {grouped(customer.idpel)}: KRN {OF} is now KRN {TO}")

    def _reckon(self) -> None:
        """The office has ended, and what it was is on the disk."""
        names = _krn("office", "kiosks", "--config", str(self._settings))
        for name in KIOSKS:
            if name not in names:
                raise DemoFailed(f"the office does not know {name}")
        verified = _krn("office", "audit", "verify", "--config", str(self._settings))
        (self._output / "audit.txt").write_text(_krn("office", "audit", "list", "--config", str(self._settings)))
        print(f"Audit:     {verified.strip()}")

    def _report(self) -> int:
        """How many meters are upgraded, by the office's record."""
        return int(json.loads(_krn("office", "report", "--json", "--config", str(self._settings)))["upgraded"])

    def _code(self, name: str, *more: str) -> str:
        words = more or ("--unit", UNIT)
        return str(json.loads(_krn("office", "enrol", name, *words, "--json", "--config", str(self._settings)))["code"])

    def _ask_the_office(self, url: str) -> None:
        """Keep what it tells of itself, and what it answers to who may not, or asks wrongly."""
        with closing(ToOffice(url)) as way:
            token = enrol(way, "report", self._code("report", "--scope", "report", "--all-units")).token
        bearer = {"Authorization": f"Bearer {token!s}"}
        (self._output / "metrics.txt").write_text(requests.get(f"{url}/metrics", headers=bearer, timeout=10).text)
        (self._output / "openapi.json").write_text(requests.get(f"{url}/openapi.json", timeout=10).text)
        customer = self._customers[0]
        wrong: tuple[tuple[str, str, dict[str, str] | None, dict[str, str]], ...] = (
            ("POST", "/v1/find", {"text": customer.idpel}, bearer),
            ("POST", "/v1/find", {"text": customer.idpel}, {}),
            ("PUT", f"/v1/issues/{customer.meter_number}", {"meter_number": customer.meter_number}, bearer),
            ("POST", "/v1/enrolments", {"name": customer.name, "code": customer.idpel}, {}),
            ("GET", f"/v1/{customer.meter_number}", None, {}),
        )
        told = [
            requests.request(method, url + path, json=body, headers=headers, timeout=10).text
            for method, path, body, headers in wrong
        ]
        (self._output / "problems.txt").write_text("\n".join(told) + "\n")


def _krn(*words: str, given: str | None = None) -> str:
    """What a command of krn prints, with this on its input. Raises CalledProcessError."""
    command = [sys.executable, "-m", "kiosk.cli", *words]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)  # noqa: S603  our own
    return done.stdout


def _free_port() -> int:
    """One where nobody listens: the settings name the office's address before it begins."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
