"""Substitution tables as circuits of AND and XOR, made from the tables when they are known.

A table's output bit is a sum (XOR) of products (AND) of input bits, its algebraic normal form. Products are shared,
and so are partial sums: the pair of terms that most sums have in common is added once, again and again (the greedy
method of Paar, "Optimized arithmetic for Reed-Solomon encoders", ISIT 1997).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from krn_engine.bulk.planes import ONES, Words

ONE = -1
"""The term that is always one."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One operation of a circuit; operands and result are numbers of terms, inputs first, or `ONE`."""

    is_and: bool
    a: int
    b: int
    result: int


@dataclass(frozen=True, slots=True)
class Circuit:
    """Gates in order, and which term each output is."""

    inputs: int
    gates: tuple[Gate, ...]
    outputs: tuple[int, ...]
    """`ONE` or a term; an output that is always zero does not occur in a permutation."""


def normal_form(table: Sequence[int], bit: int) -> frozenset[int]:
    """The products whose sum this output bit is, each as a mask of the input bits in it; 0: one.

    `table` has a power of two of entries.
    """
    values = [entry >> bit & 1 for entry in table]
    step = 1
    while step < len(values):
        for place in range(len(values)):
            if place & step:
                values[place] ^= values[place ^ step]
        step <<= 1
    return frozenset(mask for mask, present in enumerate(values) if present)


def circuit_of(inputs: int, sums: Sequence[frozenset[int]]) -> Circuit:
    """The circuit that computes these normal forms of so many input bits."""
    gates: list[Gate] = []
    terms = {1 << bit: bit for bit in range(inputs)} | {0: ONE}
    following = inputs

    def term_of(mask: int) -> int:
        nonlocal following
        if mask not in terms:
            lowest = mask & -mask
            a, b = terms[lowest], term_of(mask ^ lowest)
            gates.append(Gate(True, a, b, following))
            terms[mask] = following
            following += 1
        return terms[mask]

    in_sums: dict[int, list[int]] = {}
    for index, masks in enumerate(sums):
        for mask in sorted(masks):
            in_sums.setdefault(term_of(mask), [0] * len(sums))[index] = 1
    order, used = sorted(in_sums), np.array([in_sums[term] for term in sorted(in_sums)], np.int32)
    while True:
        # Of the pairs that most sums share, the first.
        shared = np.triu(used @ used.T, 1)
        a, b = divmod(int(shared.argmax()), len(order))
        if not shared[a, b]:
            break
        both = used[a] & used[b]
        gates.append(Gate(False, order[a], order[b], following))
        used[[a, b]] ^= both
        order.append(following)
        used = np.vstack((used, both))
        following += 1
    outputs = [order[int(users.argmax())] for users in used.T]
    return Circuit(inputs, _by_output(gates, outputs), tuple(outputs))


def _by_output(gates: Sequence[Gate], outputs: Sequence[int]) -> tuple[Gate, ...]:
    """The same gates in an order in which few results wait for their use: they stay near the processor."""
    by_result = {gate.result: gate for gate in gates}
    ordered: dict[int, Gate] = {}

    def need(term: int) -> None:
        if term in by_result and term not in ordered:
            gate = by_result[term]
            need(gate.a)
            need(gate.b)
            ordered[term] = gate

    for output in outputs:
        need(output)
    return tuple(ordered.values())


Operation = tuple[Callable[..., Any], Any, Any, Words]
"""A function of numpy, its two operands, and where its result goes."""


def bound(circuit: Circuit, inputs: Sequence[Words], outputs: Sequence[Words]) -> list[Operation]:
    """The circuit over these arrays, all of one shape: `run` computes the outputs from what is then in the inputs.

    Outputs are no inputs of the same circuit.
    """
    last_use = {gate.a: place for place, gate in enumerate(circuit.gates)}
    for place, gate in enumerate(circuit.gates):
        last_use[gate.a] = last_use[gate.b] = place
    at: dict[int, Any] = dict(enumerate(inputs))
    at[ONE] = ONES
    named = dict(zip(circuit.outputs, outputs, strict=True))
    free: list[Words] = []
    tape: list[Operation] = []
    for place, gate in enumerate(circuit.gates):
        a, b = at[gate.a], at[gate.b]
        for operand in {gate.a, gate.b}:
            if operand >= circuit.inputs and operand not in named and last_use[operand] == place:
                free.append(at[operand])
        result = named.get(gate.result)
        if result is None:
            result = free.pop() if free else np.empty_like(inputs[0])
        at[gate.result] = result
        tape.append((np.bitwise_and if gate.is_and else np.bitwise_xor, a, b, result))
    for term, output in zip(circuit.outputs, outputs, strict=True):
        if at[term] is not output:
            # An output that is an input, or equal to another output.
            tape.append((np.bitwise_or, at[term], at[term], output))
    return tape


def run(tape: Sequence[Operation]) -> None:
    """Compute: do each operation of the tape, in order."""
    for operation, a, b, result in tape:
        operation(a, b, result)
