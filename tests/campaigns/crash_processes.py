"""The campaign's end of the processes that it starts and kills."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.campaigns.crash_person import Told
from tests.campaigns.crash_zygote import CONTROL

STUCK_SECONDS = 30.0
"""A whole visit takes less than one: who is there still after so long will not come to an end."""


class Silent(TimeoutError):
    """Nothing was said until the time that was given."""


class Talk:
    """What one process tells, and what is answered."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._rest = b""

    def hear(self, until: float) -> Told:
        """The next thing it tells. Raises Silent, and EOFError once it is gone and everything is heard."""
        while b"\n" not in self._rest:
            left = until - time.monotonic()
            if left <= 0:
                raise Silent
            self._socket.settimeout(left)
            try:
                more = self._socket.recv(65536)
            except TimeoutError:
                raise Silent from None
            except OSError:
                more = b""
            if not more:
                raise EOFError
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\n")
        told: Told = json.loads(line)
        return told

    def rest(self) -> list[Told]:
        """Everything that a process told before it died, and was not heard yet."""
        heard = []
        try:
            while True:
                heard.append(self.hear(time.monotonic() + STUCK_SECONDS))
        except EOFError:
            return heard

    def say(self, answer: Told) -> None:
        """To a process that may be dead."""
        self._socket.settimeout(STUCK_SECONDS)
        try:
            self._socket.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            return

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class Processes:
    """Starts kiosks and meter processes as forks of one that has everything imported, and kills them."""

    def __init__(self, folder: Path, office: str) -> None:
        self._folder = folder
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(folder / CONTROL))
        self._listener.listen(8)
        command = [sys.executable, "-m", "tests.campaigns.crash_zygote", "--office", office]
        self._zygote = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def start(self, *words: str) -> int:
        """The number of a new process."""
        return self._order(words[0], str(self._folder), *words[1:])

    def met(self, until: float) -> Talk:
        """The next process that is ready to talk. Raises Silent."""
        while True:
            self._listener.settimeout(max(0.0, until - time.monotonic()))
            try:
                talk = Talk(self._listener.accept()[0])
            except (TimeoutError, BlockingIOError):
                raise Silent from None
            try:
                talk.hear(time.monotonic() + STUCK_SECONDS)
            except EOFError:
                talk.close()  # killed before its first word
                continue
            return talk

    def forget_the_dead(self) -> None:
        """Whoever wanted to talk and was killed before anybody heard is gone."""
        try:
            while True:
                self.met(0.0).close()
        except Silent:
            return

    def kill(self, number: int) -> None:
        """At once."""
        os.kill(number, signal.SIGKILL)

    def ended(self, number: int) -> int:
        """Waits for a process; gives its exit status, or minus the signal that ended it."""
        return self._order("reap", str(number))

    def close(self) -> None:
        """Nobody is left."""
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.close()
        self._zygote.stdout.close()
        self._zygote.wait()
        self._listener.close()

    def _order(self, *words: str) -> int:
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(" ".join(words) + "\n")
        self._zygote.stdin.flush()
        return int(self._zygote.stdout.readline())
