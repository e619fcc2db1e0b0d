"""Prints the modules that are imported once something has begun, on a machine that has no numpy, as a kiosk has none.

python -m tests.programs.started frame | upgrade | ARGUMENT… (of krn)
"""

import contextlib
import io
import os
import sys

from kiosk.cli import main


def first_frame() -> None:
    """The kiosk's first picture, on demo data."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    from kiosk.bench.programs import first_frame  # noqa: PLC0415  this alone needs it

    first_frame.main()


if __name__ == "__main__":
    sys.modules["numpy"] = None  # type: ignore[assignment]  # so the import system is told that there is none
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        if sys.argv[1:] == ["frame"]:
            first_frame()
        else:
            main(sys.argv[1:])
    print(*(name for name, module in sys.modules.items() if module is not None))
