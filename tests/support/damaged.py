"""A register whose file is not whole any more."""

import sqlite3
from contextlib import closing
from pathlib import Path


def damage_index(path: Path, number: str) -> None:
    """The index of meters loses this one; its record stays."""
    content = bytearray(path.read_bytes())
    places = [at for at in range(len(content)) if content.startswith(number.encode(), at)]
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    leaf_of_an_index = 10
    at = next(at for at in places if content[at // size * size] == leaf_of_an_index)
    content[at] ^= 1
    path.write_bytes(content)
