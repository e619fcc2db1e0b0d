"""The parsers of all commands of `krn`, which it never makes at once itself."""

import argparse

from kiosk.cli import COMMANDS, parser_for

Choices = dict[str, argparse.ArgumentParser]


def whole_parser() -> argparse.ArgumentParser:
    """One parser with every command, each as its own module adds it."""
    whole = parser_for([])
    for asked in COMMANDS:
        *groups, name = asked.split()
        here, there = below(whole), below(parser_for(asked.split()))
        for group in groups:
            here, there = below(here[group]), below(there[group])
        here[name] = there[name]
    return whole


def below(parser: argparse.ArgumentParser) -> Choices:
    """The commands of a parser that has some, by their words."""
    action = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return action._name_parser_map
