"""The one root of every refusal that the engine makes.

A refusal has a `code` that staff can look up (docs/errors.md) and a message in words a clerk understands,
which says what is wrong and what to do. Neither ever holds a key, a token or a name.
"""

from typing import ClassVar


class KrnError(Exception):
    """Root of the engine's refusals; every leaf also inherits the builtin it is a case of."""

    code: ClassVar[str] = "KRN-00"

    @property
    def message(self) -> str:
        """The sentence for a person, without the code."""
        return str(self.args[0]) if self.args else self.__class__.__name__
