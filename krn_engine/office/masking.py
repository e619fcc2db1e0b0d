"""What of a customer's name may leave the office: enough to recognise one's own, too little to learn another's."""


def mask_name(name: str) -> str:
    """The first letter of each of the first three words, and stars that do not tell a word's length."""
    return " ".join(f"{word[0].upper()}***" for word in name.split()[:3]) or "***"
