"""Serves an office that answers chats, from several processes, and waits less for a status than it does elsewhere.

python -m tests.programs.chatting CONFIG WORKERS PORT SETTLES
"""

import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

from kiosk import serving
from kiosk.opening import office_config
from krn_engine.office.chat import settings
from krn_engine.office.chat.whatsapp import WhatsApp
from krn_engine.office.server.processes import Listening, run_one, run_several

_SETTLES = "KRN_TEST_SETTLES"


def app() -> Any:
    """The application of one process."""
    hurry()
    return serving.app_of_environment()


def hurry() -> None:
    """What is unsure is settled sooner."""
    vars(settings)["WhatsApp"] = partial(WhatsApp, settles=float(os.environ[_SETTLES]))


def main(config: str, workers: int, port: int, settles: str) -> None:
    """Until it is told to end."""
    os.environ[_SETTLES] = settles
    hurry()
    at = Listening(port=port)
    with at.opened() as listening:

        def ready() -> None:
            print(at.url(listening), flush=True)

        if workers == 1:
            with serving.service_of(office_config(None, Path(config))) as service:
                run_one(serving.app_of(service), at, listening, ready, lambda: None)
            return
        with serving.told_by_environment(None, Path(config)):
            run_several("tests.programs.chatting:app", workers, at, listening, ready, lambda: None)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
