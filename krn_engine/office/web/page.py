"""What a page is: one entry in the table of `pages`, as an operation is in that of the service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from krn_engine.office.access.callers import Known
from krn_engine.office.web.forms import Field
from krn_engine.office.web.visit import Answer, Visit
from krn_engine.office.wire.asked import Scope
from krn_engine.office.words.texts import Sentence

Do = Callable[[Visit], Answer]
OFFICER = frozenset({Scope.OFFICER})
REPORT = frozenset({Scope.OFFICER, Scope.REPORT, Scope.ADMIN})
ADMIN = frozenset({Scope.ADMIN})


@dataclass(frozen=True, slots=True)
class Page:
    """One address below `/web`, for those of some scopes."""

    name: str
    """What stands for the page in its address and in the log: small letters, - and . alone."""
    scopes: frozenset[Scope]
    show: Do | None = None
    """Answers GET; it changes nothing."""
    act: Do | None = None
    """Answers POST, of a form that was made for this session."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    """Fields of the form that `act` answers, by their names."""
    has_handle: bool = False
    """Something stands behind the name in the address."""
    menu: Sentence | None = None
    """What it is called in the menu, if it is in it."""
    all_units: bool = False
    """Only for those who see the customers of all units."""
    takes_file: bool = False
    """The form that `act` answers has a file."""

    def is_for(self, known: Known) -> bool:
        """Whether somebody may use it."""
        return known.scope in self.scopes and not (self.all_units and known.units)
