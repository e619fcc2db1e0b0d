"""The emulated Pi's plug is pulled again and again; whatever it had shown must be on its card.

python -m tests.pi.crash [--cuts N] [--seed S]
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.pi.image import Image, built
from tests.pi.machine import Pi, pi

CARD_BYTES = 128 * 1024 * 1024
EARLIEST, LATEST = 0.5, 6.0
"""Seconds after the first record at which the plug is pulled."""


@dataclass(frozen=True)
class Verdict:
    """What came of one cut."""

    shown: int
    missing: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    """Torn lines, doubled key changes, a database that does not pass its own check."""


@dataclass
class Memory:
    """Everything that was ever shown, over all cuts of one card."""

    shown: list[str] = field(default_factory=list)

    def verdict(self, said: list[str], before: int) -> Verdict:
        """Hold what is on the card to what was shown. `before`: how much of it was there at the cut before."""
        there = [line.removeprefix("ON ") for line in said if line.startswith("ON ")]
        wrong = [line for line in said if line.startswith(("TORN", "CHECK", "DOUBLED"))]
        good = ("TORN 0", "CHECK ok", "DOUBLED 0")
        missing = sorted(set(self.shown) - set(there))
        found = [line for line in wrong if line not in good]
        found += [f"{name} is missing" for name in good if name.split()[0] not in {line.split()[0] for line in wrong}]
        if len(there) != len(set(there)):
            found.append("a record twice")
        return Verdict(len(self.shown) - before, tuple(missing), tuple(found))


def blank_card(path: Path) -> None:
    """A card with an empty file system."""
    with path.open("wb") as file:
        file.truncate(CARD_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(path)], check=True)


def one_cut(image: Image, folder: Path, card: Path, memory: Memory, seconds: float, run: str = "records") -> Verdict:
    """Boot, let it work for so long, pull the plug; boot again and look."""
    before = len(memory.shown)
    with pi(image, folder, run, card) as machine:
        machine.until("SHOWN")
        time.sleep(seconds)
        machine.cut()
        machine.reader.join(10)
        memory.shown += _told(machine)
    with pi(image, folder, "verify", card) as machine:
        machine.until("VERIFIED|ENDED", 300)
        said = [line for _, line in machine.serial]
    return memory.verdict(said, before)


def _told(machine: Pi) -> list[str]:
    """What was shown; a line that the cut went through was not."""
    whole = [line for _, line in machine.serial if line.startswith("SHOWN ")]
    records = [line.removeprefix("SHOWN ") for line in whole]
    return [record for record in records if len(record.split()) == (3 if record.startswith("rows") else 2)][:-1]


def main() -> int:
    """All cuts on one card, then the control on another; 1 if anything was lost, or if the control lost nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    image = built()
    source = random.Random(args.seed)
    with tempfile.TemporaryDirectory(prefix="krn-pi-") as name:
        folder = Path(name)
        card, memory = folder / "card", Memory()
        blank_card(card)
        lost = wrong = 0
        for number in range(1, args.cuts + 1):
            verdict = one_cut(image, folder, card, memory, source.uniform(EARLIEST, LATEST))
            said = f"{verdict.shown} shown, {len(verdict.missing)} missing {' '.join(verdict.wrong)}"
            print(f"cut {number}: {said}", flush=True)
            lost, wrong = len(verdict.missing), wrong + len(verdict.wrong)
        print(f"{args.cuts} cuts, {len(memory.shown)} records shown: {lost} missing, {wrong} other faults")
        careless = folder / "careless"
        blank_card(careless)
        control = one_cut(image, folder, careless, Memory(), LATEST, run="unsynced")
        print(f"control without fsync: {control.shown} shown, {len(control.missing)} missing {' '.join(control.wrong)}")
    if not (control.missing or control.wrong):
        print("the control lost nothing: this run proves nothing")
        return 1
    return 1 if lost or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
