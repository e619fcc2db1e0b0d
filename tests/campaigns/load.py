"""A load on an office by a public tool, wrk: rows of one meter after the other, as fast as they are answered.

python -m tests.campaigns.load [--meters N] [--seconds S] [--connections C]

The office is `krn office serve` with a process for each core, on a PostgreSQL of its own whose commits are on the disk;
wrk (Debian's package) asks it beside it. Guilty is an answer that is no rows, and a meter whose rows are not on record.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from kiosk.bench.office import DURABLE, meter_of
from kiosk.bench.postgres import Server
from kiosk.demo.office import make_demo_office
from kiosk.demo.service import OfficeProcess
from krn_engine.demo import DemoProvince
from tests.support.office_process import tokens_of

SCRIPT = Path(__file__).with_name("issues.lua")
METERS, SECONDS, CONNECTIONS = 100_000, 10, 16
TOKENS = 100
"""Callers: of each the office answers so much in a minute."""
SHARE = 3 / 16
"""Of the province's customers that many need four rows."""


def run(meters: int, seconds: int, connections: int) -> tuple[str, list[str]]:
    """What wrk printed, and what was wrong. Raises RuntimeError without wrk or a database server."""
    if shutil.which("wrk") is None:
        raise RuntimeError("needs a load tool: apt-get install wrk")
    server = Server(in_memory=False, **DURABLE)
    try:
        with tempfile.TemporaryDirectory(prefix="krn-load-") as name:
            folder, database = Path(name), server.database()
            settings = make_demo_office(folder, DemoProvince(meters), server.url(database))
            tokens = tokens_of(server.url(database), *(f"load-{which}" for which in range(TOKENS)))
            asked = folder / "asked"
            lines = [f"{tokens[each % TOKENS]} {meter_of(each)}" for each in range(int(meters * SHARE))]
            asked.write_text("\n".join(lines) + "\n")
            before = _issued(server, database)
            with OfficeProcess(settings, folder / "log", workers=os.cpu_count() or 1) as office:
                command = [
                    "wrk",
                    "-t2",
                    f"-c{connections}",
                    f"-d{seconds}s",
                    "--latency",
                    "-s",
                    str(SCRIPT),
                    office.url,
                ]
                said = subprocess.run([*command, "--", str(asked)], capture_output=True, text=True, check=True).stdout
            kept = _issued(server, database) - before
    finally:
        server.remove()
    answered = re.search(r"(\d+) requests in", said)
    guilty = [line.strip() for line in said.splitlines() if "Non-2xx" in line or "Socket errors" in line]
    if answered is None or int(answered.group(1)) > kept:
        guilty.append(f"the rows of only {kept} meters were put on record")
    return said, guilty


def _issued(server: Server, database: str) -> int:
    """Of how many meters rows are on record."""
    return int(str(server.ask(database, "SELECT count(DISTINCT meter_id) FROM key_changes")))


def main() -> int:
    """Run it, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--meters", type=int, default=METERS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    args = parser.parse_args()
    said, guilty = run(args.meters, args.seconds, args.connections)
    print(f"{args.meters} meters")
    print(said)
    print("\n".join(guilty))
    return 1 if guilty else 0


if __name__ == "__main__":
    sys.exit(main())
