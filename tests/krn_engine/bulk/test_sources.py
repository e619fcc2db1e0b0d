"""Rows that come from modules: their meters are asked for one by one, and a module that counts is asked once."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from krn_engine.bulk.issuing import Issuer, Issuing
from krn_engine.bulk.job import Job, run
from krn_engine.bulk.reading import WorklistSource
from krn_engine.bulk.records import RegisterSource
from krn_engine.demo import DEMO_DAY
from krn_engine.issuing.errors import AnswerLost, SourceDown
from krn_engine.issuing.secret import Secret
from krn_engine.issuing.sources.interface import Interface
from krn_engine.issuing.sources.pkcs11 import Pkcs11Source
from krn_engine.issuing.sources.port import Asked, RowSource
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.sources.sts_module import StsModuleSource
from krn_engine.issuing.sources.tls_line import trusting
from krn_engine.issuing.sources.token_api import ModuleAddress, ModuleUser, TokenApi
from krn_engine.issuing.sources.vault import VaultSource
from krn_engine.issuing.vault import Vault
from krn_engine.office.errors import NotMadeAhead
from krn_engine.register.tables import RowOrigin
from krn_engine.row import Row
from krn_engine.sts.identity import Ken
from krn_engine.sts.keys import Dkga
from tests.support import certificates, softhsm
from tests.support.bulk import RECIPIENT, changes, opened, refusals, require_whole_audit, rows_in, worklist, written
from tests.support.office import Demo
from tests.support.scripted_source import ScriptedSource
from tests.support.token_module import PASSWORD, REALM, USER, Fault, TokenModule

ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


def sources_of(source: RowSource) -> Sources:
    return Sources([(source, ())])


def issuer(demo: Demo, source: RowSource) -> Issuer:
    return Issuer(demo.register, demo.province.campaign, sources_of(source), clock=lambda: DEMO_DAY)


def job(demo: Demo, out: Path, source: RowSource) -> Job:
    """Of an office without a vault."""
    sources, campaign = sources_of(source), demo.province.campaign
    meters = RegisterSource(demo.register, campaign, sources, DEMO_DAY)
    return Job(meters, campaign, sources, None, out, (RECIPIENT,), at=DEMO_DAY)


def of_list(demo: Demo, folder: Path, source: RowSource) -> Job:
    listed = worklist(folder / "list.csv", demo.province)
    return replace(job(demo, folder / "rows.age", source), source=WorklistSource(listed))


def of_vault(demo: Demo, folder: Path) -> dict[str, tuple[str, ...] | str]:
    folder.mkdir()
    sources = Sources.of_vault(demo.province.vault)
    asked = job(demo, folder / "rows.age", ScriptedSource(demo.province.vault))
    meters = RegisterSource(demo.register, demo.province.campaign, sources, DEMO_DAY)
    return written(replace(asked, source=meters, sources=sources, vault=demo.province.vault))


def test_a_module_that_may_be_asked_again_gives_the_rows_of_the_vault(demo: Demo, tmp_path: Path) -> None:
    source = ScriptedSource(demo.province.vault, repeats=True)
    assert written(job(demo, tmp_path / "rows.age", source)) == of_vault(demo, tmp_path / "vault")
    assert source.asked > 10


def test_a_module_that_counts_is_not_asked_for_a_file_of_what_nobody_issued(demo: Demo, tmp_path: Path) -> None:
    source = ScriptedSource(demo.province.vault)
    asked = job(demo, tmp_path / "rows.age", source)
    refused = {code for code in written(asked).values() if isinstance(code, str)}
    assert source.asked == 0
    assert NotMadeAhead.code in refused
    assert "krn bulk --issue" in asked.report.read_text()


def test_what_a_module_made_once_is_in_the_file_and_it_is_not_asked_again(demo: Demo, tmp_path: Path) -> None:
    source = ScriptedSource(demo.province.vault)
    done = issuer(demo, source).run()
    assert source.asked <= done.changes
    before = source.asked
    assert written(job(demo, tmp_path / "rows.age", source)) == of_vault(demo, tmp_path / "vault")
    again = issuer(demo, source).run()
    assert (again.meters, source.asked) == (0, before)
    require_whole_audit(demo)


def test_what_is_issued_is_what_the_vault_gives(demo: Demo) -> None:
    seen: list[tuple[int, int]] = []
    done = issuer(demo, ScriptedSource(demo.province.vault)).run(lambda *told: seen.append(told))
    of_module = changes(demo)
    assert done.meters > 10
    assert [now for now, _ in seen] == sorted(now for now, _ in seen)
    assert len({now for now, _ in seen}) > done.meters - 3
    assert seen[-1][0] == seen[-1][1]
    rest = Issuer(demo.register, demo.province.campaign, Sources.of_vault(demo.province.vault), clock=lambda: DEMO_DAY)
    assert rest.run().meters == 0
    assert changes(demo) == of_module


@ON_SQLITE
def test_kiosks_write_while_a_module_takes_its_time(demo: Demo) -> None:
    """SQLite has one writer at a time, and a module may take seconds for each meter."""
    source = ScriptedSource(demo.province.vault)
    ended: list[Exception | None] = []

    def write() -> None:
        with closing(sqlite3.connect(demo.url.replace("sqlite:///", ""), timeout=0.0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
                ended.append(None)
            except sqlite3.OperationalError as error:
                ended.append(error)

    source.meanwhile = write
    done = issuer(demo, source).run()
    assert set(ended) == {None}
    assert len(ended) == source.asked <= done.changes


class Counted(ScriptedSource):
    """It is gone after so many answers."""

    most = 5

    def rows(self, asked: Asked) -> tuple[Row, ...]:
        self.is_down = self.asked >= self.most
        return super().rows(asked)


def test_a_module_that_goes_away_ends_the_job_and_nothing_is_missing_after_the_next(demo: Demo, tmp_path: Path) -> None:
    source = Counted(demo.province.vault)
    with pytest.raises(SourceDown):
        issuer(demo, source).run()
    on_record = changes(demo)
    assert on_record
    source.most = 10_000
    issuer(demo, source).run()
    assert set(on_record) < set(changes(demo))
    require_whole_audit(demo)
    for of_meters in (of_list, lambda demo, folder, source: job(demo, folder / "2.age", source)):
        source = Counted(demo.province.vault, repeats=True)
        asked = of_meters(demo, tmp_path, source)
        with pytest.raises(SourceDown):
            run(asked)
        assert not asked.out.exists()
        assert not asked.report.exists()
        source.most = 10_000
        assert not run(asked).continued, "without a vault nothing of it can be kept closed: it begins anew"
        assert {len(rows_in(line)) for line in opened(asked.out)} == {2, 4}
        assert SourceDown.code not in refusals(asked).values()


def test_few_meters_are_asked_for_at_once(demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("krn_engine.bulk.reading.FEW_BYTES", 500)
    monkeypatch.setattr("krn_engine.bulk.records.FEW_CUSTOMERS", 5)
    source = ScriptedSource(demo.province.vault, repeats=True)
    for asked in (of_list(demo, tmp_path, source), job(demo, tmp_path / "2.age", source)):
        seen: list[int] = []
        run(asked, lambda done, _size, seen=seen: seen.append(done))  # type: ignore[misc]
        assert len(seen) > 4


def computed(demo: Demo) -> set[tuple[object, ...]]:
    """The key changes on record that were not ready-made."""
    return {change for change in changes(demo) if change[4] == RowOrigin.ENGINE.value}


@ON_SQLITE
@softhsm.installed
def test_keys_in_a_pkcs11_module_beside_a_vault(demo: Demo, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    token = softhsm.new_token(request.getfixturevalue("softhsm"))
    entries = demo.province.vault.keys
    keys = [token.hold(entry) for entry in entries if entry.key.dkga is Dkga.DKGA04]
    module = token.module()
    with closing(Pkcs11Source(module.hmac, keys, demo.province.vault.tables, module.close)) as source:
        vault = Vault(tuple(entry for entry in entries if entry.key.dkga is Dkga.DKGA02), demo.province.vault.tables)
        groups = tuple({entry.key.sgc for entry in vault.keys})
        sources = Sources([(VaultSource(vault), groups), (source, source.sgcs)])
        asked = replace(job(demo, tmp_path / "rows.age", source), sources=sources, vault=vault)
        assert written(asked) == of_vault(demo, tmp_path / "vault")
        done = Issuer(demo.register, demo.province.campaign, sources, clock=lambda: DEMO_DAY).run()
    of_modules = changes(demo)
    rest = Issuer(demo.register, demo.province.campaign, Sources.of_vault(demo.province.vault), clock=lambda: DEMO_DAY)
    assert done.meters > 10
    assert rest.run().meters == 0
    assert changes(demo) == of_modules


@ON_SQLITE
@certificates.installed
def test_a_security_module_that_goes_away_twice_has_made_each_key_change_once(demo: Demo, tmp_path: Path) -> None:
    ours = certificates.authority(tmp_path, "office")
    module = TokenModule(certificates.certificate(tmp_path, ours, "localhost"))
    groups = tuple({entry.key.sgc for entry in demo.province.vault.keys})
    before = computed(demo)

    def issue() -> Issuing:
        address = ModuleAddress("localhost", module.port, trusting(ours.certificate), 2.0)
        api = TokenApi(Interface(), address, ModuleUser(REALM, USER, lambda: Secret(PASSWORD)))
        return issuer(demo, StsModuleSource(api, groups, Ken(255))).run()

    with module.serving():
        module.faults["issueKeyChangeTokens"] = [Fault.CLOSE_AFTER]
        module.handler.change = lambda _tokens: module.stop() if len(module.memory.issued) == 4 else None
        with pytest.raises((SourceDown, AnswerLost)):
            issue()
        module.start()
        module.handler.change = lambda _tokens: None
        assert issue().refused == issuer(demo, ScriptedSource(demo.province.vault)).run().refused
    made = module.memory.issued
    assert len(made) == len(set(made)) > 10
    assert len(made) == len(computed(demo) - before)
    require_whole_audit(demo)
