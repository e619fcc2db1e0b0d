"""Runs a meter process until a kiosk has connected to it once, and prints the modules that are imported then.

python -m tests.programs.served SETTINGS SOCKET
"""

import sys
import threading
from pathlib import Path

from hardware.client import MeterProcess
from hardware.daemon import MeterServer
from hardware.notify import Pulse
from kiosk.cli import main

_serve = MeterServer.serve


def _serve_once(self: MeterServer, pulse: Pulse | None = None) -> None:
    thread = threading.Thread(target=_serve, args=(self,))
    thread.start()
    MeterProcess(Path(sys.argv[2]), "generic-4x3").close()
    self.stop()
    thread.join()
    print(*sys.modules)


if __name__ == "__main__":
    MeterServer.serve = _serve_once  # type: ignore[method-assign]
    sys.exit(main(["meter", "serve", "--settings", sys.argv[1]]))
