"""What people type who mistype an ID."""

import random


def malformed_ids(count: int) -> list[str]:
    """Plain typing errors, by a fixed seed: lost and doubled digits, letters, tokens, spaces and noise."""
    source = random.Random(20)
    made: list[str] = []
    while len(made) < count:
        digits = "".join(source.choices("0123456789", k=source.choice((1, 5, 9, 10, 13, 14, 19, 20, 21, 40))))
        noise = source.choice(("", " ", "#", "O", "l", "e", "+", "٣", "\0", "\n", "😀", "/"))
        place = source.randrange(len(digits) + 1)
        made.append(digits[:place] + noise + digits[place:])
    return made
