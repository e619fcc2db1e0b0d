"""The rig's own reckoning, without the emulated machine: what stands still, what is alike, what is touched."""

import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

import pygame
import pytest

from hardware.virtual.clock import HandClock
from kiosk.limits import look_ups
from kiosk.view.views import HomeView, IdPadView
from tests.support.debian import ROOT
from tests.whole import run
from tests.whole.glass import ALIKE, NeverShown, Twin, drawn, share_that_differs, twin, wait_for
from tests.whole.machine import AXIS, HEIGHT, WIDTH, Hand, Qmp, Whole

HOME, PAD = drawn(HomeView()), drawn(IdPadView())


def painted(colour: str) -> pygame.Surface:
    surface = pygame.Surface((WIDTH, HEIGHT))
    surface.fill(colour)
    return surface


def waited(*seen: pygame.Surface) -> float:
    """How long it waits for the pad when this is seen, one look after the other; the last stays."""
    looks, clock = iter(seen), HandClock()
    return wait_for(lambda: next(looks, seen[-1]), PAD, "the pad", 10.0, rest=clock.wait, clock=clock)


def test_a_picture_counts_when_it_is_seen_twice_in_a_row() -> None:
    assert waited(PAD, PAD) == pytest.approx(0.5)
    assert waited(HOME, HOME, HOME, PAD, HOME, PAD, PAD) == pytest.approx(3.0)


@pytest.mark.slow
def test_what_never_stands_still_is_not_taken_for_it() -> None:
    """The very picture every second time, and one between that is nearly it."""
    nearly = PAD.copy()
    nearly.set_at((0, 0), "red")
    moving = [PAD, nearly] * 50
    with pytest.raises(NeverShown):
        waited(*moving)


@pytest.mark.slow
def test_another_picture_that_stands_still_is_refused_with_itself() -> None:
    with pytest.raises(NeverShown, match="the pad") as refused:
        waited(HOME)
    assert refused.value.seen is HOME


def test_a_pointer_is_alike_and_another_screen_is_not() -> None:
    pointed = HOME.copy()
    pointed.fill("black", (400, 240, 20, 20))
    assert 0 < share_that_differs(HOME, pointed) <= ALIKE
    assert share_that_differs(HOME, PAD) > 10 * ALIKE
    assert share_that_differs(painted("black"), painted("white")) == 1.0
    assert share_that_differs(HOME, pygame.Surface((640, 480))) == 1.0


@pytest.fixture(scope="module")
def other() -> Iterator[Twin]:
    with twin() as one:
        yield one


def test_the_twin_comes_to_the_row_and_back_to_the_same(other: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_ups, "SPACING", 0.0)
    rows = []
    for _ in range(2):
        other.begin()
        assert share_that_differs(other.picture, HOME) == 0.0
        for name in ("start", *(f"digit-{digit}" for digit in run.IDPEL)):
            other.tap(name)
        while other.view != "RowsView":
            other.tap(other.first_of("answer-no", "answer-not-tried", "yes", "next"))
        rows.append(pygame.image.tobytes(other.picture, "RGB"))
    assert rows[0] == rows[1]
    with pytest.raises(LookupError):
        other.place("no such button")


class Answering:
    """The other end of a line: answers each line that comes, and keeps it."""

    def __init__(self, path: Path, first: str, answer: Callable[[str], str]) -> None:
        self.heard: list[str] = []
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._serve, args=(first, answer), daemon=True).start()

    def _serve(self, first: str, answer: Callable[[str], str]) -> None:
        line, _ = self._server.accept()
        # The test may hang up at any time.
        with suppress(OSError), line, line.makefile("rw") as lines:
            lines.write(first)
            lines.flush()
            for heard in lines:
                self.heard.append(heard.strip())
                lines.write(answer(heard.strip()))
                lines.flush()

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def qemu(tmp_path: Path) -> Iterator[Answering]:
    def answer(line: str) -> str:
        refused = json.loads(line)["execute"] == "device_add"
        return '{"event": "X"}\n' + ('{"error": {"desc": "no"}}\n' if refused else '{"return": {}}\n')

    answering = Answering(tmp_path / "qmp", '{"QMP": {}}\n', answer)
    yield answering
    answering.close()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Answering]:
    answering = Answering(
        tmp_path / "hand", "noise\r\nHAND\r\n", lambda line: f"one\r\ntwo, no end\r\nDONE {len(line)}\r\n"
    )
    yield answering
    answering.close()


@pytest.fixture
def qmp(tmp_path: Path, qemu: Answering) -> Iterator[Qmp]:
    with closing(Qmp(tmp_path / "qmp")) as line:
        yield line


@pytest.fixture
def hand(tmp_path: Path, shell: Answering) -> Iterator[Hand]:
    with closing(Hand(tmp_path / "hand")) as line:
        yield line


def test_a_refusal_of_qemu_is_an_error(qmp: Qmp) -> None:
    assert qmp.ask("query-status") == {}
    with pytest.raises(RuntimeError, match="device_add: no"):
        qmp.ask("device_add", driver="x")


def test_a_command_gives_its_status_and_all_it_said(hand: Hand) -> None:
    assert hand.run("true") == (4, "one\ntwo, no end")


def test_a_finger_comes_down_where_it_should_and_is_lifted(qemu: Answering, qmp: Qmp, hand: Hand) -> None:
    with subprocess.Popen(["true"], stdout=subprocess.PIPE, text=True) as process:
        machine = Whole(process, qmp=qmp, hand=hand)
        for _ in range(2):
            machine.touch(WIDTH / 2, HEIGHT)
        machine.reader.join(5)
    downs = [json.loads(line)["arguments"]["events"] for line in qemu.heard[1::2]]
    ups = [json.loads(line)["arguments"]["events"] for line in qemu.heard[2::2]]
    for number, (down, up) in enumerate(zip(downs, ups, strict=True), 1):
        # One report: otherwise it comes down where the last one was lifted.
        begin, *places, pressed = (event["data"] for event in down)
        assert (begin["type"], begin["tracking-id"], pressed["down"]) == ("begin", number, True)
        assert [(place["axis"], place["value"]) for place in places] == [("x", round(AXIS / 2)), ("y", AXIS)]
        end, released = (event["data"] for event in up)
        assert (end["type"], end["tracking-id"], released["down"]) == ("end", -1, False)
    assert len(downs) == 2


def test_every_step_can_be_asked_for() -> None:
    told = subprocess.run(
        ["make", "-n", "whole", "SELECT=journey"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "-m tests.whole.run journey" in told.stdout
    assert set(run.STEPS) == {"journey", "services", "picture", "lobby", "clock", "cuts"}
