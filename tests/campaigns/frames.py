"""A million HDLC frames, whole and mutated, through the reader: nothing breaks it, and it loses none that came whole.

`make fuzz-frames` runs it. Exit code 1 if a whole frame was lost; anything raised ends it. How many mutated frames were
taken for another one is printed: what a check of 16 bits cannot see is left to the layers above.
"""

import argparse
import random
import sys
from dataclasses import dataclass

from hardware.optical.frames import Address, Frame, FrameKind, FrameReader

USUAL = 1_000_000


@dataclass(slots=True)
class Count:
    """What became of the frames."""

    frames: int = 0
    mutated: int = 0
    whole: int = 0
    """Frames that were sent as they are and found."""
    lost: int = 0
    """Frames that were sent as they are, behind a silence, and not found."""
    forged: int = 0
    """Frames that were found and never sent: a check of 16 bits misses one damage in 65,536, if it is long."""
    damaged: int = 0


def mutated(frames: int, seed: int) -> Count:
    """So many frames through one reader, every second one damaged; the same for the same seed."""
    chance, reader, count = random.Random(seed), FrameReader(), Count()
    for _ in range(frames):
        count.frames += 1
        frame = _frame(chance)
        whole = bytes(frame)
        damage = chance.random() < 0.5
        octets = _damaged(whole, chance) if damage else whole
        found: list[Frame] = []
        cut = chance.randrange(len(octets) + 1)
        for piece in (octets[:cut], octets[cut:]):
            found += reader.feed(piece)
        found += reader.silence()
        count.mutated += damage
        count.forged += sum(1 for each in found if each != frame)
        if not damage:
            count.whole += frame in found
            count.lost += frame not in found
    count.damaged = reader.damaged
    return count


def _frame(chance: random.Random) -> Frame:
    sizes = (1, 2, 4)
    server = _address(chance, chance.choice(sizes))
    kind = chance.choice((*FrameKind, FrameKind.I, FrameKind.I))
    return Frame(
        server,
        Address(chance.randrange(0x80)),
        kind,
        chance.randbytes(chance.choice((0, 1, 9, 40, 128))),
        chance.randrange(8) if kind is FrameKind.I else 0,
        chance.randrange(8) if kind in (FrameKind.I, FrameKind.RR, FrameKind.RNR) else 0,
        final=chance.random() < 0.9,
        segmented=chance.random() < 0.2,
    )


def _address(chance: random.Random, size: int) -> Address:
    if size == 1:
        return Address(chance.randrange(0x80))
    limit = 0x80 if size == 2 else 0x4000
    return Address(chance.randrange(limit), chance.randrange(limit), size)


def _damaged(octets: bytes, chance: random.Random) -> bytes:
    """Flipped bits, a burst, octets lost, doubled or put in, a cut, a flag too many, or the frame inside of another."""
    changed, at = bytearray(octets), chance.randrange(len(octets))
    match chance.randrange(7):
        case 0:
            for _ in range(chance.randint(1, 3)):
                changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        case 1:
            changed[at : at + 4] = chance.randbytes(len(changed[at : at + 4]))
        case 2:
            del changed[at : at + chance.randint(1, 4)]
        case 3:
            changed[at:at] = changed[at : at + chance.randint(1, 4)]
        case 4:
            del changed[at:]
        case 5:
            changed[at:at] = b"\x7e" * chance.randint(1, 2)
        case _:
            changed[at:at] = chance.randbytes(chance.randint(1, 8))
    return bytes(changed)


def main() -> int:
    """The campaign from a command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=USUAL)
    parser.add_argument("--seed", type=int, default=16)
    wanted = parser.parse_args()
    count = mutated(wanted.frames, wanted.seed)
    print(
        f"{count.frames:,} frames, {count.mutated:,} of them mutated: {count.whole:,} whole ones found, "
        f"{count.lost} lost, {count.damaged:,} damages seen, {count.forged} taken for another frame"
    )
    return 0 if not count.lost else 1


if __name__ == "__main__":
    sys.exit(main())
