"""The office behind the kiosk: can rows be found and put on record?"""

from collections.abc import Iterator

from kiosk.doctor.check import Check
from kiosk.doctor.lobby import is_installed
from kiosk.generations import Kept
from kiosk.view.formats import thousands
from kiosk.view.parts import Message, Mood
from kiosk.workplace import Workplace
from krn_engine.errors import KrnError
from krn_engine.issuing.sources.port import SourceKind
from krn_engine.issuing.vault import check_value
from krn_engine.office.audit.errors import AuditKeyUnusable
from krn_engine.office.offline.line import is_away
from krn_engine.register.errors import RegisterBusy


def check_office(here: Workplace) -> Iterator[Check]:
    """The register is whole, answers, and knows meters."""
    try:
        here.require_whole()
        meters = here.office.progress().meters
    except KrnError as error:
        # A kiosk with a copy of its office's data works meanwhile: check_copy says how well.
        mood = Mood.BAD if here.offline is None or not is_away(error) else Mood.CAREFUL
        yield Check("office", mood, Message("Data pelanggan: {code}", {"code": error.code}), error.message)
        return
    if not meters:
        where = "" if here.link is None else ", on the office's machine"
        advice = f"import a worklist: krn office import{where}"
        yield Check("office", Mood.BAD, Message("Data pelanggan: kosong"), advice)
        return
    yield Check("office", Mood.GOOD, Message("Data pelanggan: {meters} meter", {"meters": thousands(meters)}))


def check_campaign(here: Workplace) -> Iterator[Check]:
    """How many meters no rows can be issued for."""
    try:
        unclear = here.office.progress().unclear
    except KrnError:
        return
    if unclear:
        says = Message("Data belum lengkap: {meters} meter", {"meters": str(unclear)})
        yield Check("records", Mood.CAREFUL, says, "complete them in the worklist and import it again")


def check_list(here: Workplace) -> Iterator[Check]:
    """A list of which half is in: some customers are as they were before it, and no copy of the register is made."""
    try:
        error = here.half_list()
    except KrnError:
        return  # check_office says so
    if error is not None:
        mood = Mood.CAREFUL if isinstance(error, RegisterBusy) else Mood.BAD
        yield Check("list", mood, Message("Daftar baru masuk sebagian: {code}", {"code": error.code}), error.message)


def check_rows(here: Workplace) -> Iterator[Check]:
    """Rows in the clear, in the register or beside it, are anybody's who takes the card of a kiosk."""
    if here.link is not None:
        return  # there is no register here
    if here.rows_sealed:
        yield Check("rows", Mood.GOOD, Message("Kode tersimpan: disegel"))
        clear = here.unsealed_files()
        if clear:
            says = Message("Salinan tanpa segel: {files}", {"files": str(clear)})
            advice = (
                "copies of the register, files that it was before (register.db.replaced-…) or that a killed program "
                "left (….new, register.db.list…) hold rows that are not sealed, perhaps names too: take them off the "
                "machine. If it is register.db itself: stop all that has it open, make room on the disk and start "
                "again (docs/operations.md)"
            )
            yield Check("rows-copies", Mood.CAREFUL, says, advice)
    elif is_installed(here):
        says = Message("Kode tersimpan: tidak disegel")
        advice = "set rows_key (docs/config.md, and The kiosk was stolen in docs/operations.md)"
        yield Check("rows", Mood.CAREFUL, says, advice)


def check_audit(here: Workplace) -> Iterator[Check]:
    """How far the audit is, and whether its end is signed; no line where there is no audit, as in the demo."""
    try:
        standing = here.audit()
    except AuditKeyUnusable as error:
        yield Check("audit", Mood.BAD, Message("Audit: {code}", {"code": error.code}), error.message)
        return
    except KrnError:
        return  # check_office says so
    if standing is None:
        return
    told = {"entries": thousands(standing.entries), "signed": thousands(standing.signed)}
    if not standing.has_key:
        # Right for a kiosk of its own, where nobody keeps checkpoints.
        yield Check("audit", Mood.GOOD, Message("Audit: {entries} catatan, tidak ditandatangani", told))
    elif standing.overdue:
        advice = "the service signs while it runs (krn-office); by hand: krn office audit checkpoint"
        yield Check("audit", Mood.CAREFUL, Message("Audit: {signed} dari {entries} ditandatangani", told), advice)
    else:
        yield Check("audit", Mood.GOOD, Message("Audit: {signed} dari {entries} ditandatangani", told))


def check_units(here: Workplace) -> Iterator[Check]:
    """Customers of units that this kiosk is not for: whoever takes its card has them too."""
    try:
        others = here.of_other_units()
    except KrnError:
        return  # check_office says so
    if others:
        says = Message("Unit lain: {customers} pelanggan", {"customers": thousands(others)})
        advice = "they stay until the register is made anew for the setting units (docs/operations.md, Worklists)"
        yield Check("units", Mood.CAREFUL, says, advice)


def check_customers(here: Workplace) -> Iterator[Check]:
    """Whether this kiosk may still tell of customers: it has a budget, against collectors."""
    if here.look_ups.spent:
        says = Message("Batas jumlah pelanggan tercapai")
        advice = "it passes by itself; for more, set customers_per_hour or customers_per_day"
        yield Check("customers", Mood.CAREFUL, says, advice)


def check_keys(here: Workplace) -> Iterator[Check]:
    """The vending keys that this kiosk holds, by their check values: compare them with the region's list."""
    if here.vault is None:
        return
    if not here.vault.keys:
        yield Check("keys", Mood.BAD, Message("Kunci: brankas kosong"), "import the vending keys: krn vault import")
    for entry in here.vault.keys:
        told = {"sgc": str(entry.key.sgc), "krn": str(int(entry.key.krn)), "check": check_value(entry.key)}
        yield Check("keys", Mood.GOOD, Message("Kunci SGC {sgc} KRN {krn}: {check}", told))


_SOURCES = {SourceKind.PKCS11: "PKCS#11", SourceKind.STS_MODULE: "STS"}


def check_sources(here: Workplace) -> Iterator[Check]:
    """Each module that rows come from, PKCS#11 or STS, answers and has its keys."""
    for health in here.row_sources():
        told = {"module": _SOURCES[health.kind]}
        if health.ready:
            yield Check(f"source-{health.kind.value}", Mood.GOOD, Message("Modul kunci {module}: siap", told))
        else:
            says = Message("Modul kunci {module}: {code}", told | {"code": health.code})
            yield Check(f"source-{health.kind.value}", Mood.BAD, says, health.message)


_OLDER = {
    Kept.REGISTER: Message("Data pelanggan: lebih lama dari sebelumnya"),
    Kept.VAULT: Message("Kunci: brankas lebih lama dari sebelumnya"),
}


def check_generations(here: Workplace) -> Iterator[Check]:
    """Whether somebody put an older register or vault in the place of the one that was here."""
    for kept in here.generations.older:
        advice = (
            f"an older {kept.value} was put back: what was recorded or imported since is not in it. Put the newer file "
            "back, or accept this one: krn restore --accept"
        )
        yield Check(f"older-{kept.value}", Mood.CAREFUL, _OLDER[kept], advice)


def check_vault_place(here: Workplace) -> Iterator[Check]:
    """A vault on a machine that can be carried away is a region's vending keys in somebody's bag."""
    if here.vault is not None and not here.vault_guarded:
        advice = (
            "import ready-made rows here and keep the vault in the office; or set vault_guarded = true, if nobody can "
            "take this machine away unseen"
        )
        yield Check("vault-place", Mood.CAREFUL, Message("Kunci: brankas di tempat tak dijaga"), advice)
