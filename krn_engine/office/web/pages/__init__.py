"""All pages, in the order of the menu: routes, the menu and the tests are made of this table."""

from krn_engine.office.web.page import Page
from krn_engine.office.web.pages.audit import OF_AUDIT
from krn_engine.office.web.pages.guide import OF_GUIDE
from krn_engine.office.web.pages.kiosks import OF_KIOSKS
from krn_engine.office.web.pages.lists import OF_LISTS
from krn_engine.office.web.pages.look_up import OF_LOOK_UP
from krn_engine.office.web.pages.meter import OF_METER
from krn_engine.office.web.pages.progress import OF_PROGRESS
from krn_engine.office.web.pages.statement import OF_STATEMENT

PAGES: tuple[Page, ...] = (
    *OF_LOOK_UP,
    *OF_METER,
    *OF_GUIDE,
    *OF_STATEMENT,
    *OF_PROGRESS,
    *OF_KIOSKS,
    *OF_LISTS,
    *OF_AUDIT,
)
