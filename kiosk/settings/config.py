"""The settings of one workplace, from a TOML file. Unknown settings are refused: a typing error must not be silent."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from hardware.optical.models import all_models
from hardware.printer.slip import WIDTHS
from kiosk.errors import ConfigInvalid, OwnDataRefused
from kiosk.limits.budget import PER_DAY, PER_HOUR
from kiosk.view.panels import PANELS, TURNS
from kiosk.view.parts import HELP_LINE
from krn_engine.office.chat.elsewhere import OtherUnit
from krn_engine.office.client.address import address_problem
from krn_engine.setting import Explained, declared
from krn_engine.strict_toml import StrictTable, parse_toml

COUNTS = range(1, 10001)
BACKENDS = ("sqlite", "postgresql")
DEFAULT_PATH = Path("/etc/krn/kiosk.toml")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a kiosk. Each is declared here and nowhere else; `make config` writes them to docs/config.md."""

    register: Annotated[
        str,
        Explained(
            'URL of the register, such as `"sqlite:////var/lib/krn/register.db"`; empty where there is an `office_url`'
        ),
    ] = ""
    office_url: Annotated[
        str | None,
        Explained(
            'address of the office on the network that this kiosk belongs to, such as `"https://office.example:8443"`; '
            "needs `state`, where its token is kept (`docs/operations.md`)",
            unset="none: the register is here",
        ),
    ] = None
    office_ca: Annotated[
        Path | None,
        Explained(
            "certificate of that office's own authority (PEM); no other is believed",
            unset="none: the office is on this machine",
        ),
    ] = None
    office_certificate: Annotated[
        Path | None,
        Explained(
            "this kiosk's own certificate (PEM), where that office's door wants one; needs `office_certificate_key`",
            unset="none",
        ),
    ] = None
    office_certificate_key: Annotated[
        Path | None,
        Explained("its key (PEM, without a password), readable by the kiosk's user only", unset="none"),
    ] = None
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
    sources: Annotated[
        Path | None,
        Explained(
            "file that says which source of rows serves which supply group (below)", unset="the vault serves all"
        ),
    ] = None
    chats: Annotated[
        Path | None,
        Explained("file that says by which chats this office answers customers (below)", unset="none"),
    ] = None
    campaign: Annotated[Path | None, Explained("campaign file (below)", unset="KRN 3 on base date 2014")] = None
    meter_socket: Annotated[
        Path | None,
        Explained(
            'where the meter process listens, such as `"/run/krn-meter/socket"`', unset="none: rows are only shown"
        ),
    ] = None
    keypad: Annotated[
        bool, Explained("whether that process has contacts for a meter's keys; if not, `optical_model` must be set")
    ] = True
    optical_model: Annotated[
        str | None,
        Explained("model of the meters that are reached by light (`docs/hardware.md`)", unset="none: no optical head"),
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
    audit_key: Annotated[
        Path | None,
        Explained(
            "file with the key that signs the audit's checkpoints, readable by its owner only (`krn office audit key`)",
            unset="the systemd credential `krn-audit`; without either there are no checkpoints",
        ),
    ] = None
    copy_key: Annotated[
        str | None,
        Explained(
            "what the key of the copy lies under, which a kiosk with an office_url keeps for the time without its "
            "office: the systemd credential `krn-rows`, or the private key in this Raspberry Pi's one-time memory",
            unset="none: the key's file opens the copy",
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
    other_units: Annotated[
        tuple[str, ...] | None,
        Explained(
            "units that other offices serve, for the chat: how their customers' numbers begin (2 to 5 digits), a name "
            'and a telephone number, such as `["13102 ULP Contoh 0751-123456"]`',
            unset="none: such a number is not found",
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
    home_url: Annotated[
        str | None,
        Explained(
            'address of this office for customers\' telephones, such as `"https://office.example"`: the QR code of a '
            "slip leads to a page there that goes through the codes (`docs/operations.md`); where there is an "
            "`office_url` the office says it",
            unset="none: the QR code has the codes as text",
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
    def certificate(self) -> tuple[Path, Path] | None:
        """The files of this kiosk's own certificate and of its key; None: it has none."""
        if self.office_certificate is None or self.office_certificate_key is None:
            return None
        return self.office_certificate, self.office_certificate_key

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
        if "units" in values and not (values["units"] and all(values["units"])):
            table.refuse("units", "must name at least one unit, and none that is empty")
        _check_other_units(table, values)
        _check_light(table, values)
        _check_home(table, values)
        own = _check_office(table, values)
        problems = [*_where_data_is(values), *table.problems()]
        if problems:
            raise ConfigInvalid("the configuration cannot be used: " + "; ".join(problems))
        if own:
            raise OwnDataRefused(
                "the configuration cannot be used: a kiosk with an office URL has no vault, and no rows or keys of its "
                f"own; the office has them. Take out {', '.join(own)}"
            )
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
            raise type(error)(
                f"{error.message}. Mend {path} (docs/config.md), or write a new one with krn setup"
            ) from error


def _check_other_units(table: StrictTable, values: dict[str, Any]) -> None:
    for text in values.get("other_units", ()):
        try:
            OtherUnit.parse(text)
        except ValueError as error:
            table.refuse("other_units", f"{error}, in {text!r}")


def _check_light(table: StrictTable, values: dict[str, Any]) -> None:
    """What the settings of the meter adapters say together."""
    model, senders = values.get("optical_model"), [model.name for model in all_models() if model.takes_tokens]
    if model is not None and model not in senders:
        table.refuse("optical_model", f"must be one of {', '.join(senders)}")
    if not values.get("keypad", True) and model is None:
        table.refuse("keypad", "must be true where there is no optical_model")


LONGEST_HOME = 100
"""Characters: a longer address makes a QR code that is hard to photograph."""


def _check_home(table: StrictTable, values: dict[str, Any]) -> None:
    """Where customers' telephones find the office; they believe the authorities that every telephone knows."""
    url = values.get("home_url")
    if url is None:
        return
    if values.get("office_url") is not None:
        table.refuse("home_url", "is a setting of the office at office_url: set it there")
    elif (problem := address_problem(url, has_ca=True)) or len(url) > LONGEST_HOME:
        table.refuse("home_url", f"cannot be used: {problem or f'it has more than {LONGEST_HOME} characters'}")


OWN_CERTIFICATE = ("office_certificate", "office_certificate_key")
OF_THE_OFFICE = (
    "vault",
    "vault_guarded",
    "passphrase_file",
    "sources",
    "chats",
    "campaign",
    "rows_key",
    "backups",
    "units",
)
"""What an office on the network decides or keeps: beside its address these settings would do nothing, or harm."""


def _check_office(table: StrictTable, values: dict[str, Any]) -> list[str]:
    """What the settings of an office on the network say together; gives those that are not for such a kiosk."""
    url = values.get("office_url")
    if url is None:
        for name in ("office_ca", *OWN_CERTIFICATE, "copy_key"):
            if name in values:
                table.refuse(name, "goes with an office_url, and there is none")
        return []
    problem = address_problem(url, has_ca="office_ca" in values)
    if problem:
        table.refuse("office_url", f"cannot be used: {problem}" + ("" if "office_ca" in values else " (office_ca)"))
    if any(name in values for name in OWN_CERTIFICATE):
        if url.lower().startswith("http:"):
            table.refuse("office_certificate", "goes with an office_url of https, for nobody asks for one without TLS")
        for name, other in (OWN_CERTIFICATE, OWN_CERTIFICATE[::-1]):
            if name not in values:
                table.refuse(name, f"must be given where there is an {other}")
    if "state" not in values:
        table.refuse("state", "must be given where there is an office_url: this kiosk's token is kept there")
    return [name for name in OF_THE_OFFICE if name in values]


def _where_data_is(values: dict[str, Any]) -> list[str]:
    """Here in a register, or at an office: exactly one of the two."""
    register, url = values.get("register", ""), values.get("office_url")
    if register and url is not None:
        return ["register and office_url are both given: the register is here or at the office, so take one out"]
    if url is not None:
        return []
    if not register:
        return [f"register is missing: {SETTINGS['register'].sentence}"]
    return [] if _is_url(register) else [f"register must be the {SETTINGS['register'].sentence}"]


def _is_url(text: str) -> bool:
    """Of a database that a register may be on."""
    try:
        return make_url(text).get_backend_name() in BACKENDS
    except ArgumentError:
        return False


SETTINGS = {setting.name: setting for setting in declared(Config)}
"""Every setting, by its name."""
