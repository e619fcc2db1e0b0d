"""The file that says which source serves which supply group, and the sources that are opened by it."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from krn_engine.credential import FOLDER
from krn_engine.demo import DEMO_DAY, SGC_EA07, SGC_EA11, DemoCase, DemoProvince
from krn_engine.issuing.errors import KeyNotProtected, NoSource, SourceDown, SourceLocked, SourcesInvalid
from krn_engine.issuing.plan import Step, plan
from krn_engine.issuing.sources.opening import PASSWORD_CREDENTIAL, PIN_CREDENTIAL, open_sources
from krn_engine.issuing.sources.port import SourceKind
from krn_engine.issuing.sources.router import Sources
from krn_engine.issuing.sources.settings import SourcesSettings, address_of
from krn_engine.sts.ea07 import SAMPLE_TABLES
from krn_engine.sts.identity import Drn, Sgc
from krn_engine.sts.keys import Dkga
from tests.support import certificates
from tests.support.certificates import authority, certificate
from tests.support.softhsm import LIBRARY, PIN, Token
from tests.support.token_module import PASSWORD, REALM, USER, TokenModule

PROVINCE = DemoProvince()
VAULT = PROVINCE.vault
KEY = """
[[pkcs11.key]]
label = "vk-1"
sgc = "999011"
krn = 1
base_date = 1993
check_value = "a1b2c3"
"""
PKCS11 = f'[pkcs11]\nlibrary = "/usr/lib/none.so"\ntoken = "krn"\n{KEY}'
MODULE = '[sts-module]\naddress = "sts.example:9443"\nca = "/etc/krn/ca.pem"\nrealm = "local"\nuser = "krn"\n'


def test_what_the_file_says() -> None:
    told = SourcesSettings.parse(f'[vault]\nsgc = ["999007"]\n{PKCS11}expires = "2027-12-31"\n{MODULE}sgc = ["123456"]')
    assert told.vault == (SGC_EA07,)
    (key,) = told.keys
    assert (key.label, key.sgc, key.check_value, key.expires) == ("vk-1", SGC_EA11, "A1B2C3", date(2027, 12, 31))
    assert told.sts_sgcs == (Sgc("123456"),)
    assert told.sts_module is not None
    assert (told.sts_module.ken, told.sts_module.seconds) == (255, 4)
    assert SourcesSettings.parse("") == SourcesSettings()


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SourcesInvalid) as refused:
        SourcesSettings.parse("[pkcs11]\ncolour = 1\nseconds = 90\n[sts-module]\naddress = 3\n[other]\n")
    for part in ("pkcs11.colour", "pkcs11.seconds", "pkcs11.library is missing", "pkcs11.key is missing",
                 "sts-module.address", "sts-module.ca is missing", "setting other"):  # fmt: skip
        assert part in refused.value.message, part


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[vault", "not TOML"),
        ("[vault]\nsgc = []", "no supply group"),
        ('[vault]\nsgc = ["99"]', "6 digits"),
        (f"{PKCS11}kt = 7", "key type"),
        (f"{PKCS11}ken = 300", "KEN"),
        (f'{PKCS11}expires = "31.12.2027"', "expires is a day"),
        (PKCS11.replace("a1b2c3", "a1b2"), "check_value"),
        (PKCS11.replace("a1b2c3", "a1b2cg"), "check_value"),
        (f"{PKCS11}dkga = 3", "DKGA03"),
        (MODULE.replace(":9443", ":0"), "address"),
        (MODULE.replace("sts.example:9443", ":1"), "address"),
        (f"{MODULE}ken = -1", "KEN"),
        (f"{MODULE}sgc = []", "no supply group"),
    ],
)
def test_what_cannot_be_is_refused(text: str, said: str) -> None:
    with pytest.raises(SourcesInvalid, match=said):
        SourcesSettings.parse(text)


def test_a_dkga02_key_in_a_pkcs11_module_is_refused_by_name() -> None:
    with pytest.raises(KeyNotProtected, match="vk-1 is for DKGA02"):
        SourcesSettings.parse(f"{PKCS11}dkga = 2")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("sts.example:9000", ("sts.example", 9000)),
        ("sts.example", ("sts.example", 9443)),
        ("10.0.0.7", ("10.0.0.7", 9443)),
        ("[fd00::7]:9000", ("fd00::7", 9000)),
        ("[fd00::7]", ("fd00::7", 9443)),
    ],
)
def test_an_address_has_a_port(text: str, address: tuple[str, int]) -> None:
    assert address_of(text) == address


def file_of(folder: Path, text: str) -> Path:
    file = folder / "sources.toml"
    file.write_text(text)
    return file


def test_without_a_file_the_vault_serves_all() -> None:
    assert [health.kind for health in open_sources(None, VAULT).health(DEMO_DAY)] == [SourceKind.VAULT]
    assert not open_sources(None, None)


def test_a_file_that_does_not_go_with_the_vault_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourcesInvalid, match="there is none"):
        open_sources(file_of(tmp_path, '[vault]\nsgc = ["999007"]'), None)
    with pytest.raises(SourcesInvalid, match="SGC 999011 is served twice"):
        open_sources(file_of(tmp_path, f'[vault]\nsgc = ["999011"]\n{PKCS11}'), VAULT)
    for bad in (tmp_path / "absent.toml", tmp_path):
        with pytest.raises(SourcesInvalid, match="cannot be read"):
            open_sources(bad, VAULT)
    (tmp_path / "sources.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SourcesInvalid, match="UTF-8"):
        open_sources(tmp_path / "sources.toml", VAULT)
    with pytest.raises(SourcesInvalid, match="EA07 tables"):
        open_sources(file_of(tmp_path, PKCS11.replace("token", 'tables = "/nowhere.json"\ntoken')), VAULT)
    with pytest.raises(SourcesInvalid, match="authority"):
        open_sources(file_of(tmp_path, MODULE), None)


@contextmanager
def lacking(monkeypatch: pytest.MonkeyPatch, package: str) -> Iterator[None]:
    """As on a machine where a package is not installed."""
    with monkeypatch.context() as patch:
        for name in list(sys.modules):
            if name.partition(".")[0] == package or name.endswith((".pkcs11_module", ".sources.interface")):
                patch.delitem(sys.modules, name)
        patch.setitem(sys.modules, package, None)
        yield


@pytest.mark.parametrize(
    ("text", "package", "wheel"), [(PKCS11, "pkcs11", "python-pkcs11"), (MODULE, "thriftpy2", "thriftpy2")]
)
def test_a_package_that_is_not_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, package: str, wheel: str
) -> None:
    with lacking(monkeypatch, package):
        assert open_sources(file_of(tmp_path, ""), VAULT)
        with pytest.raises(SourcesInvalid, match=f"needs the package {wheel}"):
            open_sources(file_of(tmp_path, text), VAULT)


# --- opened by a file, and asked


def change(case: DemoCase) -> tuple[Drn, Step]:
    customer = PROVINCE.first(case)
    return Drn(customer.meter_number), plan(customer.state, PROVINCE.campaign).steps[0]


def rows_are_the_vaults(sources: Sources, case: DemoCase) -> bool:
    drn, step = change(case)
    return sources.rows(drn, step, DEMO_DAY) == Sources.of_vault(VAULT).rows(drn, step, DEMO_DAY)


@certificates.installed
def test_each_group_is_made_by_its_source(token: Token, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """EA11 from a PKCS#11 module, EA07 from an STS module, each with its secret from where it may lie."""
    held = [token.hold(entry) for entry in VAULT.keys if entry.key.dkga is Dkga.DKGA04]
    tables = {"S1": SAMPLE_TABLES.s1, "S2": SAMPLE_TABLES.s2, "P": SAMPLE_TABLES.p}
    (tmp_path / "tables.json").write_text(json.dumps(tables))
    pin, credentials = tmp_path / "pin", tmp_path / "credentials"
    pin.write_text(PIN + "\n")
    credentials.mkdir()
    (credentials / PASSWORD_CREDENTIAL).write_text(PASSWORD)
    office = authority(tmp_path, "office")
    with TokenModule(certificate(tmp_path, office, "localhost")).serving() as module:
        text = (
            f'[pkcs11]\nlibrary = "{LIBRARY}"\ntoken = "{token.label}"\npin_file = "{pin}"\n'
            f'tables = "{tmp_path / "tables.json"}"\n'
            + "".join(
                f'[[pkcs11.key]]\nlabel = "{key.label}"\nsgc = "{key.sgc}"\nkrn = {int(key.krn)}\n'
                f'base_date = {key.base_date:d}\ncheck_value = "{key.check_value}"\n'
                for key in held
            )
            + f'[sts-module]\naddress = "localhost:{module.port}"\nca = "{office.certificate}"\n'
            f'realm = "{REALM}"\nuser = "{USER}"\nsgc = ["{SGC_EA07}"]\n'
        )
        sources = open_sources(file_of(tmp_path, text), None)
        drn, step = change(DemoCase.FOUR_ROWS)
        with pytest.raises(SourceLocked, match=PASSWORD_CREDENTIAL):
            sources.rows(drn, step, DEMO_DAY)
        monkeypatch.setenv(FOLDER, str(credentials))
        pin.chmod(0o644)
        with pytest.raises(SourceLocked, match="chmod 600"):
            sources.rows(*change(DemoCase.EA11), DEMO_DAY)
        pin.chmod(0o600)
        assert rows_are_the_vaults(sources, DemoCase.FOUR_ROWS)
        assert rows_are_the_vaults(sources, DemoCase.EA11)
        assert [(health.kind, health.ready) for health in sources.health(DEMO_DAY)] == [
            (SourceKind.PKCS11, True),
            (SourceKind.STS_MODULE, True),
        ]
        with pytest.raises(NoSource):
            sources.rows(drn, Step(step.old, change(DemoCase.EA11)[1].new), DEMO_DAY)
        pin.unlink()
        (credentials / PIN_CREDENTIAL).write_text(PIN)
        sources.close()
        with pytest.raises(SourceLocked, match="cannot be read"):
            sources.rows(*change(DemoCase.EA11), DEMO_DAY)
        by_credential = open_sources(file_of(tmp_path, text.replace(f'pin_file = "{pin}"\n', "")), None)
        assert rows_are_the_vaults(by_credential, DemoCase.EA11)
        by_credential.close()
    with pytest.raises(SourceDown):
        sources.rows(*change(DemoCase.TWO_ROWS), DEMO_DAY)
