"""A screen for a real window where there is no monitor."""

import os
import struct
import subprocess
from pathlib import Path

import pygame

from kiosk.view.panels import PANELS

PANEL = PANELS["window"]


class VirtualScreen:
    """An X server without a monitor, whose picture lies in a file."""

    def __init__(self, folder: Path) -> None:
        reader, writer = os.pipe()
        geometry = f"{PANEL.width}x{PANEL.height}x24"
        command = [
            "Xvfb",
            "-displayfd",
            str(writer),
            "-screen",
            "0",
            geometry,
            "-fbdir",
            str(folder),
            "-nolisten",
            "tcp",
        ]
        self._server = subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as answer:
            self.environment = os.environ | {"DISPLAY": f":{answer.readline().strip()}"}
        self.environment.pop("SDL_VIDEODRIVER", None)
        self._picture = folder / "Xvfb_screen0"

    def picture(self) -> pygame.Surface:
        """What a person would see (an XWD file: header, colour map, 4 bytes for each pixel)."""
        content = self._picture.read_bytes()
        header_size, *_ = struct.unpack(">I", content[:4])
        line, colours = struct.unpack(">I", content[48:52])[0], struct.unpack(">I", content[76:80])[0]
        pixels = content[header_size + colours * 12 :][: line * PANEL.height]
        return pygame.image.frombuffer(pixels, (PANEL.width, PANEL.height), "BGRA")

    def point(self, *arguments: str) -> None:
        """Move or press the pointer."""
        subprocess.run(["xdotool", *arguments], env=self.environment, check=True)

    def close(self) -> None:
        self._server.terminate()
        self._server.wait(10)
