"""The kiosk on demo data until its first frame is drawn; prints the name of a button on it.

python -m kiosk.bench.programs.first_frame
"""

from kiosk.app import App
from kiosk.demo.workplace import demo_workplace
from kiosk.flow.flow import Flow
from kiosk.ui.window import open_window
from kiosk.view.panels import PANELS


def main() -> None:
    """Draw one frame."""
    with demo_workplace() as here:
        app = App(Flow(here), open_window(PANELS["10"], fullscreen=False))
        app.step()
        print(app.screen.buttons[0].name, flush=True)


if __name__ == "__main__":
    main()
