"""`krn vault to-module`: what is put into a module, and what is not."""

from pathlib import Path

from krn_engine.issuing.sources.settings import SourcesSettings
from tests.support.cli import Out, krn
from tests.support.softhsm import LIBRARY, PIN, initialise, installed, reinitialise

COLUMNS = "SGC,KRN,KT,DKGA,BASE_DATE,KEN,EXPIRES,KEY\n"
GOOD = f"999011,1,2,4,2014,170,2030-12-31,{'0123456789' * 4}\n"
DKGA02 = "999007,1,2,2,1993,255,,0123456789abcdef\n"


def test_a_file_with_a_dkga02_key_is_refused_whole_before_a_module_is_asked(capsys: Out, tmp_path: Path) -> None:
    (tmp_path / "keys.csv").write_text(COLUMNS + GOOD + DKGA02)
    status, out, err = krn(
        capsys, "vault", "to-module", str(tmp_path / "keys.csv"), "--library", "/none.so", "--token", "krn"
    )
    assert (status, out, "SRC-07" in err, "SGC 999007" in err) == (1, "", True, True)


def test_a_library_that_is_none_and_a_pin_that_is_none_are_told(capsys: Out, tmp_path: Path) -> None:
    (tmp_path / "keys.csv").write_text(COLUMNS + GOOD)
    module = ("--library", "/none.so", "--token", "krn")
    _, _, err = krn(capsys, "vault", "to-module", str(tmp_path / "keys.csv"), *module)
    assert "SRC-01" in err


@installed
def test_what_it_prints_is_what_the_file_of_the_sources_needs(capsys: Out, tmp_path: Path, softhsm: Path) -> None:
    assert softhsm.is_dir()
    token = f"krn-{tmp_path.name}"[:30]
    initialise(token, {})
    reinitialise()
    (tmp_path / "keys.csv").write_text(COLUMNS + GOOD)
    (tmp_path / "pin").write_text(PIN)
    (tmp_path / "pin").chmod(0o600)
    command = ("vault", "to-module", str(tmp_path / "keys.csv"), "--library", str(LIBRARY), "--token", token)
    status, _, err = krn(capsys, *command)
    assert (status, "SRC-02" in err) == (1, True), "nobody asks for a PIN where there is no terminal"
    status, out, err = krn(capsys, *command, "--pin-file", str(tmp_path / "pin"))
    assert (status, err) == (0, "")
    assert "0123456789" not in out
    (key,) = SourcesSettings.parse(f'[pkcs11]\nlibrary = "{LIBRARY}"\ntoken = "{token}"\n{out}').keys
    assert (str(key.sgc), int(key.ken), str(key.expires)) == ("999011", 170, "2030-12-31")
    status, _, err = krn(capsys, *command, "--pin-file", str(tmp_path / "pin"))
    assert (status, "SRC-05" in err) == (1, True), "nothing is written over"
