"""`limit.c`, compiled for this machine with the circuits of the tables that are asked for."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from krn_engine.bulk.circuits import ONE, Circuit, circuit_of, normal_form
from krn_engine.bulk.key_changes import Becomes
from krn_engine.sts.ea07 import Ea07Tables
from krn_engine.sts.ea11 import S7, S9
from krn_engine.sts.keys import Ea

SOURCE = Path(__file__).with_name("limit.c")
LANES = 256
"""Meters that it has side by side."""


def compiler() -> str | None:
    """That of this machine, if it has one."""
    return shutil.which("gcc")


def compiled(folder: Path, tables: Ea07Tables, becomes: Becomes) -> Path:
    """The program, in a folder. Raises CalledProcessError if it cannot be compiled, RuntimeError without a compiler."""
    gcc = compiler()
    if gcc is None:
        raise RuntimeError("the limit needs a compiler: apt-get install gcc")
    second = [normal_form(tables.s2, bit) for bit in range(4)]
    differs = [normal_form([a ^ b for a, b in zip(tables.s1, tables.s2, strict=True)], bit) for bit in range(4)]
    parts = [
        _box("ea07_box", circuit_of(4, [*second, *differs])),
        _box("s7_box", circuit_of(7, [normal_form(S7, bit) for bit in range(7)])),
        _box("s9_box", circuit_of(9, [normal_form(S9, bit) for bit in range(9)])),
        f"static const int P[64] = {{{', '.join(map(str, tables.p))}}};",
        f"static const u64 CLEAR[4] = {{{', '.join(f'{clear}ull' for clear in becomes.clear(4))}}};",
    ]
    (folder / "circuits.h").write_text("\n".join(parts) + "\n")
    program = folder / "limit"
    flags = ["-O3", "-march=native", "-fno-math-errno", f"-I{folder}"]
    subprocess.run([gcc, *flags, "-o", program, SOURCE], check=True)
    return program


def rows(program: Path, ea: Ea, keys: Sequence[bytes]) -> list[list[str]]:
    """What it makes of the keys of `LANES` meters: three of 8 bytes each, or two of 16."""
    words = ["0" * 16] * (3 * 2 * LANES)
    for lane in range(LANES):
        for number in range(3 if ea is Ea.EA07 else 2):
            key = keys[lane * (3 if ea is Ea.EA07 else 2) + number]
            for half in range(len(key) // 8):
                words[2 * LANES * number + 2 * lane + half] = key[8 * half : 8 * half + 8].hex()
    command = [str(program), ea.name.lower(), "check"]
    done = subprocess.run(command, input="\n".join(words), capture_output=True, text=True, check=True)
    return [line.split() for line in done.stdout.splitlines()]


def rate(program: Path, ea: Ea, seconds: float) -> float:
    """Sets a second of processor."""
    command = [str(program), ea.name.lower(), "rate", str(seconds)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _box(name: str, circuit: Circuit) -> str:
    def term(number: int) -> str:
        return "ONES" if number == ONE else f"in[{number}]" if number < circuit.inputs else f"t{number}"

    lines = [f"static inline void {name}(const v *in, v *out) {{"]
    for gate in circuit.gates:
        sign = "&" if gate.is_and else "^"
        lines.append(f"    v t{gate.result} = {term(gate.a)} {sign} {term(gate.b)};")
    lines += [f"    out[{place}] = {term(number)};" for place, number in enumerate(circuit.outputs)]
    return "\n".join([*lines, "}"])
