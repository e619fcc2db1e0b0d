"""A technician at the staff screens, with a meter on the table."""

from kiosk.demo.workplace import DemoWorkplace
from kiosk.flow.staff import messages as says
from kiosk.ui.texts import Texts
from kiosk.view.choices import Choice, Entered
from kiosk.view.parts import Message, Option
from kiosk.view.views import HomeView, IdPadView, MenuView, View
from krn_engine.demo import DemoCase
from tests.support.walker import At, Walker


def to_menu(here: DemoWorkplace) -> Walker:
    """Behind the staff's door."""
    person = Walker(here)
    person.walk([At(HomeView, Choice.STAFF), At(MenuView)])
    return person


def chosen(person: Walker, option: Option) -> View:
    """What comes of an option of the menu that is shown."""
    return person.walk([At(MenuView, Entered(option.word))])


def at_meter(here: DemoWorkplace, case: DemoCase = DemoCase.FOUR_ROWS) -> Walker:
    """At the tools of one meter."""
    person = to_menu(here)
    chosen(person, says.METER)
    person.walk([At(IdPadView, Entered(here.province.first(case).meter_number)), At(MenuView)])
    return person


def told(view: View, of: Message = says.LINK) -> str:
    """What the tools tell of one thing."""
    assert isinstance(view, MenuView)
    (message,) = (fact.says for fact in view.facts if fact.name is of)
    return Texts()(message)
