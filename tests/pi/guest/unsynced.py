"""The control run of `records`: the same without any waiting for the card. It must lose what it showed."""

import runpy
import sys

sys.argv.append("unsynced")
runpy.run_path("/project/tests/pi/guest/records.py", run_name="__main__")
