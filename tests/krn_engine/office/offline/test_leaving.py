"""What is left aside for the office of before is all there, readable without a key, and not in the new outbox."""

from pathlib import Path

import pytest

from krn_engine.office.net_errors import OfficeUnreachable
from krn_engine.office.offline.copy import Copy
from krn_engine.office.offline.leaving import facts_in, leave
from krn_engine.office.offline.tables import Kept
from tests.support.far_office import NOON, Kiosk, checkpoint, idpel, number, outcome


def test_the_facts_are_in_a_folder_of_their_own_and_the_kiosk_begins_anew(kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.far.audit = checkpoint(5)
    kiosk.office.bear_witness()
    kiosk.far.away = OfficeUnreachable("the cable was pulled")
    change = kiosk.office.issue(number(1), "a" * 32).changes[0].id
    kiosk.office.record(outcome(change, 1, "a"))
    before = [entry.fact for entry in kiosk.copy.entries()]
    kiosk.copy.close()
    assert facts_in(tmp_path) == 2
    aside = leave(tmp_path, NOON)
    assert aside is not None
    assert facts_in(aside) == 2
    with Copy(aside) as left:
        assert [entry.fact for entry in left.entries()] == before
    kiosk.open()
    status = kiosk.office.status
    assert (status.waiting, status.refused, status.lost, kiosk.damages) == (0, 0, 0, 0)
    assert kiosk.copy.kept(Kept.WITNESS) is None
    assert kiosk.copy.look(idpel(1)) is None
    assert not (tmp_path / "copy.key").exists()


@pytest.mark.parametrize("there", [True, False])
def test_with_nothing_to_leave_no_folder_is_made(kiosk: Kiosk, tmp_path: Path, *, there: bool) -> None:
    kiosk.copy.close()
    if there:
        assert leave(tmp_path, NOON) is None
    assert facts_in(tmp_path) == 0
    assert not list(tmp_path.glob("outbox-left-*"))
    kiosk.open()
