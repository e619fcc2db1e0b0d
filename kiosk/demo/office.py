"""The demo's office in a folder: a province's register and vault, and the settings of who works with them."""

from pathlib import Path

from krn_engine.demo import DemoProvince
from krn_engine.issuing.vault import KdfCost
from krn_engine.office.audit.key import make_key
from krn_engine.register.database import Register, sqlite_url

DEMO_PASSPHRASE = "demo, not a secret"  # noqa: S105  it guards invented keys, and says so
DEMO_COST = KdfCost(log2_n=10)


def make_demo_office(folder: Path, province: DemoProvince, register: str | None = None) -> Path:
    """Make it in an existing folder; gives the settings' file. `register`: the URL of an empty database (a file here).

    Raises what making a register raises.
    """
    folder = folder.resolve()
    url = sqlite_url(folder / "register.db") if register is None else register
    with Register.create(url) as made:
        province.load(made)
    passphrase = folder / "passphrase"
    passphrase.touch(mode=0o600)
    passphrase.write_text(DEMO_PASSPHRASE + "\n", encoding="utf-8")
    province.vault.write(folder / "vault", DEMO_PASSPHRASE, DEMO_COST)
    make_key(folder / "audit-key")
    settings = folder / "kiosk.toml"
    settings.write_text(
        f'register = "{url}"\n'
        f'vault = "{folder / "vault"}"\n'
        f'passphrase_file = "{passphrase}"\n'
        f'audit_key = "{folder / "audit-key"}"\n'
        'vault_guarded = true\nplace = "demo"\npanel = "window"\nfullscreen = false\n',
        encoding="utf-8",
    )
    return settings
