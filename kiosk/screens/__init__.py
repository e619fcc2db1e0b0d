"""The screens: each draws one kind of view and returns what was chosen."""

from typing import Any

from kiosk.screens.adapters import AdaptersScreen
from kiosk.screens.advice import AdviceScreen
from kiosk.screens.base import Screen, Ui
from kiosk.screens.confirm import ConfirmScreen
from kiosk.screens.error import ErrorScreen
from kiosk.screens.home import HomeScreen
from kiosk.screens.id_pad import IdPadScreen
from kiosk.screens.key_in import KeyInScreen
from kiosk.screens.menu import MenuScreen
from kiosk.screens.models import ModelsScreen
from kiosk.screens.notices import IdleScreen, OutOfServiceScreen, WaitScreen
from kiosk.screens.overlays import AttendantScreen, HelpScreen, LeaveScreen
from kiosk.screens.progress import ProgressScreen
from kiosk.screens.question import QuestionScreen
from kiosk.screens.rehearsal import RehearsalScreen
from kiosk.screens.report import ReportScreen
from kiosk.screens.result import ResultScreen
from kiosk.screens.rows import RowsScreen
from kiosk.screens.take_away import TakeAwayScreen
from kiosk.screens.thanks import ThanksScreen
from kiosk.screens.typing import TypingScreen
from kiosk.view.views import (
    AdaptersView,
    AdviceView,
    AttendantView,
    ConfirmView,
    ErrorView,
    HelpView,
    HomeView,
    IdleView,
    IdPadView,
    KeyInView,
    LeaveView,
    MenuView,
    ModelsView,
    OutOfServiceView,
    ProgressView,
    QuestionView,
    RehearsalView,
    ReportView,
    ResultView,
    RowsView,
    TakeAwayView,
    ThanksView,
    TypingView,
    View,
    WaitView,
)

SCREENS: dict[type[View], type[Screen[Any]]] = {
    HomeView: HomeScreen,
    IdPadView: IdPadScreen,
    WaitView: WaitScreen,
    ConfirmView: ConfirmScreen,
    RowsView: RowsScreen,
    AdviceView: AdviceScreen,
    TakeAwayView: TakeAwayScreen,
    ThanksView: ThanksScreen,
    RehearsalView: RehearsalScreen,
    TypingView: TypingScreen,
    KeyInView: KeyInScreen,
    QuestionView: QuestionScreen,
    MenuView: MenuScreen,
    AdaptersView: AdaptersScreen,
    ModelsView: ModelsScreen,
    ProgressView: ProgressScreen,
    ReportView: ReportScreen,
    ResultView: ResultScreen,
    ErrorView: ErrorScreen,
    IdleView: IdleScreen,
    OutOfServiceView: OutOfServiceScreen,
    HelpView: HelpScreen,
    LeaveView: LeaveScreen,
    AttendantView: AttendantScreen,
}


def screen_for(view: View, ui: Ui) -> Screen[Any]:
    """The screen that draws a view."""
    return SCREENS[type(view)](view, ui)
