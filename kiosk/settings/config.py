"""The settings of one workplace, from a TOML file. Unknown settings are refused: a typing error must not be silent."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from hardware.printer.slip import WIDTHS
from kiosk.errors import ConfigInvalid
from kiosk.limits.budget import PER_DAY, PER_HOUR
from kiosk.view.panels import PANELS, TURNS
from kiosk.view.parts import HELP_LINE
from krn_engine.setting import Explained, declared
from krn_engine.strict_toml import StrictTable, parse_toml

COUNTS = range(1, 10001)
BACKENDS = ("sqlite", "postgresql")
DEFAULT_PATH = Path("/etc/krn/kiosk.toml")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a kiosk. Each is declared here and nowhere else; `make config` writes them to docs/config.md."""

    register: Annotated[str, Explained('URL of the register, such as `"sqlite:////var/lib/krn/register.db"`')]
    vault: Annotated[
        Path | None, Explained("path of the vault, where rows are computed here", unset="none: ready-made rows only")
    ] = None
    vault_guarded: Annotated[
        bool,
        Explained(
            "whether nobody can take this machine away unseen; a vault stands nowhere else (`docs/operations.md`)"
        ),
    ] = False
    passphrase_file: Annotated[
        Path | None,
        Explained(
            "file with the vault's passphrase, readable by its owner only",
            unset="the systemd credential `krn-vault`, else asked",
        ),
    ] = None
    campaign: Annotated[Path | None, Explained("campaign file (below)", unset="KRN 3 on base date 2014")] = None
    meter_socket: Annotated[
        Path | None,
        Explained(
            'where the meter process listens, such as `"/run/krn-meter/socket"`', unset="none: rows are only shown"
        ),
    ] = None
    backups: Annotated[
        Path | None,
        Explained("folder of the register's copies, which `krn backup` makes", unset="none: say where with `--to`"),
    ] = None
    rows_key: Annotated[
        str | None,
        Explained(
            "where the key comes from that rows are sealed under in the register: the systemd credential `krn-rows`, "
            "or the private key in this Raspberry Pi's one-time memory",
            unset="none: rows are kept in the clear",
            choices=("credential", "otp"),
        ),
    ] = None
    units: Annotated[
        tuple[str, ...] | None,
        Explained(
            'the units of this kiosk, such as `["51101"]`: lines of a worklist that name another one are left out',
            unset="all",
        ),
    ] = None
    state: Annotated[
        Path | None,
        Explained(
            "folder of what the kiosk itself remembers, such as how often numbers were looked up",
            unset="none: forgotten at a restart",
        ),
    ] = None
    technician_pin: Annotated[
        Path | None,
        Explained(
            "file with the technician's PIN, made by `krn pin FILE`", unset="none: everybody may let rows be typed"
        ),
    ] = None
    headphones: Annotated[
        str | None,
        Explained(
            'ALSA device of the headphone jack, such as `"plughw:CARD=Headphones"`; needs espeak-ng and aplay',
            unset="none: nothing is read aloud",
        ),
    ] = None
    printer: Annotated[
        Path | None,
        Explained('device file of an ESC/POS receipt printer, such as `"/dev/usb/lp0"`', unset="none: no slips"),
    ] = None
    paper: Annotated[int, Explained("width of its paper in millimetres", choices=tuple(WIDTHS))] = 80
    office_name: Annotated[str, Explained("what stands at the top of a slip")] = "PLN"
    help_line: Annotated[
        str, Explained("telephone number of the help line, on screens and slips, of at most 9 characters", longest=9)
    ] = HELP_LINE
    counter: Annotated[
        str,
        Explained(
            'what the place is called where people are helped, such as `"Loket 2"`, in at most 12 characters; empty: '
            "the counter",
            longest=12,
        ),
    ] = ""
    place: Annotated[str, Explained("how this kiosk is named in the records")] = "kiosk"
    customers_per_hour: Annotated[
        int, Explained("how many different customers this kiosk may tell of in an hour", choices=COUNTS)
    ] = PER_HOUR
    customers_per_day: Annotated[
        int, Explained("how many different customers it may tell of in a day", choices=COUNTS)
    ] = PER_DAY
    panel: Annotated[
        str,
        Explained(
            'the screen, by its inches (`"td2"` is a Touch Display 2, which stands upright)', choices=tuple(PANELS)
        ),
    ] = "10"
    turn: Annotated[
        int,
        Explained(
            "degrees clockwise by which the picture is turned on the glass "
            '(`90` or `270` for `"td2-turned"`, a Touch Display 2 that lies on its side)',
            choices=TURNS,
        ),
    ] = 0
    fullscreen: Annotated[bool, Explained("whether the window fills the screen")] = True

    @property
    def register_file(self) -> Path | None:
        """The file of a SQLite register; None for another database."""
        file = make_url(self.register).database if self.register.startswith("sqlite") else None
        return None if file is None else Path(file)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where this workplace keeps records of its own: the folder of a register in a file, and that of its state."""
        file = self.register_file
        folders = [None if file is None else file.parent, self.state]
        return tuple(dict.fromkeys(folder for folder in folders if folder is not None and folder.is_dir()))

    @classmethod
    def parse(cls, text: str) -> "Config":
        """From the text of a configuration file; raises ConfigInvalid with everything that is wrong."""
        try:
            table = StrictTable(parse_toml(text))
        except ValueError as error:
            raise ConfigInvalid(f"the configuration is not TOML: {error}") from error
        values: dict[str, Any] = {
            setting.name: setting.read(table) for setting in SETTINGS.values() if table.has(setting.name)
        }
        missing = [setting for setting in SETTINGS.values() if setting.required and not table.has(setting.name)]
        if "units" in values and not (values["units"] and all(values["units"])):
            table.refuse("units", "must name at least one unit, and none that is empty")
        problems = [*(f"{setting.name} is missing: {setting.sentence}" for setting in missing), *table.problems()]
        if not problems and not _is_url(values["register"]):
            problems = [f"register must be the {SETTINGS['register'].sentence}"]
        if problems:
            raise ConfigInvalid("the configuration cannot be used: " + "; ".join(problems))
        return cls(**values)

    @classmethod
    def read(cls, path: Path | None, *, has_demo: bool = False) -> "Config":
        """From `path`, or from the default place; raises ConfigInvalid, which names the file and says what to do.

        `has_demo`: whoever asks can do without one, by --demo.
        """
        path = path or DEFAULT_PATH
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            ways = (
                "name another with --config, or try the demo with --demo"
                if has_demo
                else "or name another with --config"
            )
            raise ConfigInvalid(f"there is no configuration at {path}: write one with krn setup, {ways}") from None
        except UnicodeDecodeError:
            raise ConfigInvalid(
                f"the configuration {path} cannot be read: it is not UTF-8 text. Write a new one with krn setup"
            ) from None
        except OSError as error:
            raise ConfigInvalid(
                f"the configuration {path} cannot be read: {error.strerror}. Let this user read it, or name another "
                "with --config"
            ) from error
        try:
            return cls.parse(text)
        except ConfigInvalid as error:
            raise ConfigInvalid(
                f"{error.message}. Mend {path} (docs/config.md), or write a new one with krn setup"
            ) from error


def _is_url(text: str) -> bool:
    """Of a database that a register may be on."""
    try:
        return make_url(text).get_backend_name() in BACKENDS
    except ArgumentError:
        return False


SETTINGS = {setting.name: setting for setting in declared(Config)}
"""Every setting, by its name."""
