"""Replacing a file so that, whatever happens, either the old one or the new one is there, whole."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


def replace_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write `content` beside `path`, make it durable, and put it in the place of `path`.

    Raises OSError (no space, read-only, no such folder); the old file is then as it was and nothing is left beside.
    """
    with _beside(path, content, mode) as beside:
        beside.replace(path)


def new_file(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write `content` into a file that is not there yet: it is there whole and durable, or not at all.

    Raises FileExistsError where there is something of this name, and OSError; nothing is left beside then.
    """
    with _beside(path, content, mode) as beside:
        _put_new(beside, path)


@contextlib.contextmanager
def _beside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    """A durable file with this content beside `path`, whose folder is durable after this; gone if it ends ill."""
    beside = name_beside(path)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        try:
            _write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        yield beside
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    sync_folder(path.parent)


def name_beside(path: Path) -> Path:
    """Where this process writes what gets the name `path` when it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}.new")


def left_beside(path: Path) -> list[Path]:
    """What processes have written, or write, beside `path` that has not got its name. Raises OSError."""
    begins, ends = f".{path.name}.", ".new"
    return [
        other
        for other in path.parent.iterdir()
        if other.name.startswith(begins)
        and other.name.endswith(ends)
        and other.name[len(begins) : -len(ends)].isdecimal()
    ]


@contextlib.contextmanager
def making(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Like `new_file`, for content that is written bit by bit: a file beside `path`, put there when this ends well.

    Raises FileExistsError where there is something of this name by then, and OSError; nothing is left beside after any
    exception.
    """
    beside = name_beside(path)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        _put_new(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    sync_folder(path.parent)


def _put_new(beside: Path, path: Path) -> None:
    """Give a file its name. Raises FileExistsError if there is something of this name, and OSError."""
    try:
        # Unlike a rename it takes no other file's place.
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links, such as that of a memory stick: who makes an empty file there has the name.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            beside.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        return
    with contextlib.suppress(OSError):
        beside.unlink()


def require_room(folder: Path, size: int) -> None:
    """Raises OSError where `size` bytes cannot be put into a file of this folder now. Nothing is left of the try."""
    beside = folder / f".room.{os.getpid()}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        try:
            # Neither noughts nor a size alone: some file systems keep no room for them.
            _write_all(descriptor, os.urandom(size))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _write_all(descriptor: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def sync_file(path: Path) -> None:
    """Make what another program or a library wrote into a file durable. Raises OSError."""
    _sync(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
