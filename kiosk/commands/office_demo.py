"""`krn office demo`: make a plainly invented province."""

import argparse
from pathlib import Path

from kiosk.demo.office import make_demo_office
from krn_engine.demo import DemoProvince
from krn_engine.register.errors import ImportRefused


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add it to `krn office`."""
    demo = commands.add_parser("demo")
    demo.add_argument("--customers", type=int, default=64, metavar="N")
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--out", type=Path, required=True, help="folder to make it in")
    demo.set_defaults(run=run_demo)


def run_demo(args: argparse.Namespace) -> int:
    """A register and a vault in a new folder."""
    if args.customers < 1:
        raise ImportRefused("a province has at least one customer")
    folder: Path = args.out
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ImportRefused(f"{folder} is not empty: name a new folder, so that nothing is written over")
    except OSError as error:
        raise ImportRefused(f"{folder} cannot be made ({error}): name a new folder") from error
    settings = make_demo_office(folder, DemoProvince(args.customers, args.seed))
    print(f"{args.customers} invented customers in {folder}: krn upgrade ID --config {settings}")
    return 0
