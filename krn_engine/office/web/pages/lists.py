"""A worklist comes in: it is told first what it would store, leave out and take away; then it goes in."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from krn_engine.office.web.errors import FormBroken, ListGone
from krn_engine.office.web.forms import Field
from krn_engine.office.web.page import ADMIN, Page
from krn_engine.office.web.uploads import LONGEST, Kept
from krn_engine.office.web.visit import Answer, Moved, Shown, Visit
from krn_engine.office.words.texts import Sentence
from krn_engine.register.errors import RegisterError
from krn_engine.register.importer import ImportReport, import_worklist
from krn_engine.register.line_problem import LineProblem, RefusedLine
from krn_engine.register.takings import Taken, TakenLine, Taking

SHOWN = 200
"""Refused lines on the page; of more than these only the number is told."""
_KINDS = {
    Taking.BLOCKS_LIFTED: Sentence("Blokir dicabut"),
    Taking.VALUES_CLEARED: Sentence("Data dikosongkan"),
    Taking.ROWS_REMOVED: Sentence("Kode siap pakai dihapus"),
    Taking.ROWS_REPLACED: Sentence("Kode siap pakai diganti"),
    Taking.CUSTOMERS_MOVED: Sentence("Pelanggan dipindah ke meter lain"),
    Taking.METERS_SHARED: Sentence("Dua pelanggan di satu meter"),
    Taking.STATES_SET_BACK: Sentence("Versi meter dimundurkan"),
    Taking.KEYS_RENAMED: Sentence("Meter dinyatakan memakai kunci lain"),
}
_CODES = {
    LineProblem.COLUMNS: Sentence("Jumlah sel tidak sama dengan jumlah kolom"),
    LineProblem.IDENTIFIER: Sentence("ID Pelanggan atau nomor meter kosong atau salah"),
    LineProblem.SPREADSHEET: Sentence("Isi sel dirusak oleh program lembar kerja"),
    LineProblem.NUMBER: Sentence("Bukan angka yang mungkin"),
    LineProblem.DATE: Sentence("Bukan tanggal yang mungkin"),
    LineProblem.KEY_STATE: Sentence("Tidak ada meter dengan kunci seperti itu"),
    LineProblem.ROWS: Sentence("Kode siap pakai tidak lengkap atau tidak sah"),
    LineProblem.TEXT: Sentence("Teks ini tidak dapat disimpan"),
    LineProblem.TWICE: Sentence("Pelanggan atau meter sudah ada di baris sebelumnya"),
    LineProblem.UNREADABLE: Sentence("Baris ini rusak di dalam berkas"),
    LineProblem.CLEARING: Sentence("HAPUS tidak dapat dipakai di sini"),
}
"""Why a line is refused, in front of what exactly is wrong with it."""
_UNTICKED = Sentence("Ada baris yang ditolak. Centang bahwa daftar disimpan tanpa baris itu. Belum ada yang disimpan.")
_CHANGED = Sentence("Data berubah sejak ringkasan ini: daftar kini mengambil lebih banyak. Belum ada yang disimpan.")


def _show(_visit: Visit) -> Answer:
    return Shown("list.html", {"mebibytes": LONGEST // 2**20})


def _send(visit: Visit) -> Answer:
    """The file has come; it is looked at, and nothing of it is stored."""
    if visit.upload is None or visit.upload.kept is None:
        raise FormBroken("this form has no file: choose one, and send it")
    kept = visit.upload.kept
    suffix = ".xlsx" if Path(visit.upload.file_name).suffix.lower() == ".xlsx" else ".csv"
    try:
        with visit.uploads.opened(kept, suffix) as path:
            report = import_worklist(visit.service.register, path, skip_bad=True, look=True, units=visit.service.units)
    except RegisterError:
        # It was not a list, or the register cannot take one now: it is sent again anyhow.
        visit.uploads.throw_away(kept)
        raise
    return _to_summary(visit, kept, suffix, report)


def _to_summary(visit: Visit, kept: Kept, suffix: str, report: ImportReport, *, changed: bool = False) -> Answer:
    visit.uploads.note(kept, _written(report))
    return Moved(visit.link("list-ask", name=kept.name, key=kept.key, suffix=suffix, changed=changed))


def _ask(visit: Visit) -> Answer:
    told = visit.told()
    kept = Kept(told["name"], told["key"])
    report = _read(visit.uploads.noted(kept))
    values = {
        **_told(report),
        "problem": _problem(told),
        "accept": visit.link("list-accept", **told),
        "drop": visit.link("list-drop", **told),
    }
    return Shown("list_ask.html", values)


def _problem(told: Mapping[str, Any]) -> Sentence | None:
    if told.get("unticked"):
        return _UNTICKED
    return _CHANGED if told["changed"] else None


def _told(report: ImportReport) -> dict[str, Any]:
    return {
        "report": report,
        "takes": [(_KINDS[Taking(taken.kind)], taken) for taken in report.takes_away],
        "refused": [(_CODES[LineProblem(line.code)], line) for line in report.refused[:SHOWN]],
    }


def _accept(visit: Visit) -> Answer:
    """It goes in, if it takes away no more than was told."""
    told = visit.told()
    kept, suffix = Kept(told["name"], told["key"]), told["suffix"]
    seen = _read(visit.uploads.noted(kept))
    if seen.refused_count and not visit.fields["skip"]:
        # The summary is as good as it was.
        return Moved(visit.link("list-ask", **told | {"unticked": True}))
    with visit.uploads.opened(kept, suffix) as path:
        report = import_worklist(
            visit.service.register,
            path,
            skip_bad=True,
            accept=seen.takes_away,
            actor=visit.known.name,
            units=visit.service.units,
        )
    if not report.stored:
        return _to_summary(visit, kept, suffix, report, changed=True)
    visit.uploads.throw_away(kept)
    return Moved(visit.link("list-done", stored=report.taken, refused=report.refused_count))


def _drop(visit: Visit) -> Answer:
    told = visit.told()
    visit.uploads.throw_away(Kept(told["name"], told["key"]))
    return Moved("/web/list")


def _done(visit: Visit) -> Answer:
    return Shown("list_done.html", visit.told())


# --- a report, between the page that made it and the one that shows it


def _written(report: ImportReport) -> bytes:
    return json.dumps(asdict(report)).encode()


def _read(content: bytes) -> ImportReport:
    """Raises ListGone."""
    try:
        told = json.loads(content)
    except ValueError:
        raise ListGone("what was told of this list is no longer kept: send the list again") from None
    takes = tuple(
        Taken(taken["kind"], taken["count"], tuple(TakenLine(**line) for line in taken["first"]))
        for taken in told.pop("takes_away")
    )
    refused = tuple(RefusedLine(**line) for line in told.pop("refused"))
    ignored = tuple(told.pop("ignored_columns"))
    return ImportReport(refused=refused, ignored_columns=ignored, takes_away=takes, **told)


OF_LISTS = (
    Page("list", ADMIN, _show, _send, menu=Sentence("Muat daftar"), all_units=True, takes_file=True),
    Page("list-ask", ADMIN, _ask, has_handle=True, all_units=True),
    Page("list-accept", ADMIN, act=_accept, fields={"skip": Field(8)}, has_handle=True, all_units=True),
    Page("list-drop", ADMIN, act=_drop, has_handle=True, all_units=True),
    Page("list-done", ADMIN, _done, has_handle=True, all_units=True),
)
