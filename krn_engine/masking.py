"""What of a customer's name may be kept and shown: enough to recognise one's own, too little to learn another's."""

HIDDEN = "***"


def mask_name(name: str) -> str:
    """The first letter of each of the first three words, and stars that do not tell a word's length.

    A mask is its own mask. Nobody's name is stars alone.
    """
    return " ".join(f"{_letter(word)}{HIDDEN}" for word in name.split()[:3]) or HIDDEN


def _letter(word: str) -> str:
    """One sign, also where a capital letter is written with two; none of a mask that has no letter."""
    return word[0].upper()[0].strip("*")
