"""`limit.c`, compiled for this machine with the circuits of the tables that are asked for."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from krn_engine.bulk.batch import Kind
from krn_engine.bulk.chains import Chain, Link
from krn_engine.bulk.circuits import ONE, Circuit, circuit_of, normal_form
from krn_engine.bulk.composing import HEADER
from krn_engine.bulk.des import BOXES
from krn_engine.bulk.recipes import Kitchen
from krn_engine.demo import DEMO_DAY, UNIT, DemoCase, DemoProvince
from krn_engine.issuing.sources.router import Sources
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.ea11 import S7, S9
from krn_engine.sts.identity import Drn, ReferencePan
from krn_engine.sts.keys import Ea, dkga04_block

SOURCE = Path(__file__).with_name("limit.c")
LANES = 256
"""Meters that it has side by side."""


def compiler() -> str | None:
    """That of this machine, if it has one."""
    return shutil.which("gcc")


def compiled(folder: Path, tables: Ea07Tables) -> Path:
    """The program, in a folder. Raises CalledProcessError if it cannot be compiled, RuntimeError without a compiler."""
    gcc = compiler()
    if gcc is None:
        raise RuntimeError("the limit needs a compiler: apt-get install gcc")
    second = [normal_form(tables.s2, bit) for bit in range(4)]
    differs = [normal_form([a ^ b for a, b in zip(tables.s1, tables.s2, strict=True)], bit) for bit in range(4)]
    parts = [
        _function("ea07_box", circuit_of(4, [*second, *differs])),
        _box("s7_box", S7, 7),
        _box("s9_box", S9, 9),
        *(_box(f"des_box_{number}", box, 4) for number, box in enumerate(BOXES)),
        f"static const int P[64] = {{{', '.join(map(str, tables.p))}}};",
    ]
    (folder / "circuits.h").write_text("\n".join(parts) + "\n")
    program = folder / "limit"
    flags = ["-O3", "-march=native", "-fno-math-errno", f"-I{folder}"]
    subprocess.run([gcc, *flags, "-o", program, SOURCE], check=True)
    return program


@dataclass(frozen=True, slots=True)
class Limit:
    """The program, and whose rows it makes: three keys of DKGA02 for EA07, two of DKGA04 for EA11."""

    program: Path
    ea07: Chain = field(repr=False)
    ea11: Chain = field(repr=False)

    def __post_init__(self) -> None:
        told = [HEADER.decode("ascii").strip(), *_told(self.ea07), *_told(self.ea11)]
        self._plan.write_text("\n".join(told))

    @property
    def _plan(self) -> Path:
        return self.program.with_name("plan")

    def rows(self, ea: Ea, pans: Sequence[str]) -> list[list[str]]:
        """What it makes for the PANs of `LANES` meters."""
        return [line.split() for line in self._said("rows", ea.name.lower(), "-", more=pans).splitlines()]

    def rate(self, way: str, ea: Ea, seconds: float) -> float:
        """Sets a second of processor, from decoder keys that are `known`, or `derived` from PANs."""
        return float(self._said(way, ea.name.lower(), seconds))

    def job(self, worklist: Path, out: Path) -> list[str]:
        """The command that writes the file of a worklist of `kiosk.bench.bulk`. It fails for one with other lines."""
        return [str(self.program), str(self._plan), "job", str(worklist), str(out)]

    def _said(self, *words: object, more: Sequence[str] = ()) -> str:
        command = [str(word) for word in (self.program, self._plan, *words)]
        done = subprocess.run(command, input="\n".join(more), capture_output=True, text=True, check=True)
        return done.stdout


def limit_of(program: Path, province: DemoProvince) -> Limit:
    """That of the meters of a province that need four rows."""
    kitchen = Kitchen(province.campaign, Sources.of_vault(province.vault), DEMO_DAY)
    chains = []
    for case in (DemoCase.FOUR_ROWS, DemoCase.EA11):
        one = province.first(case)
        recipe = kitchen.recipe(Kind(UNIT, one.state.to_record()), Drn(one.meter_number))
        if recipe.chain is None:
            raise RuntimeError("arrays do not make the rows of this province")
        chains.append(recipe.chain)
    return Limit(program, *chains)


def _told(chain: Chain) -> list[str]:
    """What a worklist says of its meters; of each key itself, what goes with a PAN, and what its change puts in."""
    key, ti = chain.links[0].key, chain.links[0].ti
    said = (int(chain.ea), int(key.dkga), key.sgc, ti, key.krn, int(key.kt), int(key.base_date))
    changes = [[0] * 4] + [after.becomes(before).clear(4) for before, after in pairwise(chain.links)]
    return [",".join(map(str, said))] + [
        " ".join((link.key.value.hex(), _mixed(link, chain.ea), *(f"{section:x}" for section in sections)))
        for link, sections in zip(chain.links, changes, strict=True)
    ]


def _mixed(link: Link, ea: Ea) -> str:
    key = link.key
    if ea is Ea.EA07:
        return f"{key.kt:d}{key.sgc}{link.ti}{key.krn}FFFFFF"
    return dkga04_block(key.sgc, key.krn, key.kt, key.base_date, ReferencePan("0" * 18), link.ti, ea).hex()


def _box(name: str, table: Sequence[int], bits: int) -> str:
    return _function(name, circuit_of(len(table).bit_length() - 1, [normal_form(table, bit) for bit in range(bits)]))


def _function(name: str, circuit: Circuit) -> str:
    def term(number: int) -> str:
        return "ONES" if number == ONE else f"in[{number}]" if number < circuit.inputs else f"t{number}"

    lines = [f"static inline void {name}(const v *in, v *out) {{"]
    for gate in circuit.gates:
        sign = "&" if gate.is_and else "^"
        lines.append(f"    v t{gate.result} = {term(gate.a)} {sign} {term(gate.b)};")
    lines += [f"    out[{place}] = {term(number)};" for place, number in enumerate(circuit.outputs)]
    return "\n".join([*lines, "}"])
