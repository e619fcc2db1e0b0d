"""What a stranger at the glass, or with something to plug in, must not reach: looked for on an installed kiosk."""

from collections.abc import Iterator
from pathlib import Path

from kiosk.doctor.check import Check
from kiosk.view.parts import Message, Mood
from kiosk.workplace import Workplace

UNITS = Path("/etc/systemd/system")
INSTALLED = "krn-kiosk.service"
LOGINS = ("getty@tty1.service", "getty-static.service", "autovt@.service")
"""Debian's units that let somebody log in on a console (systemd-getty-generator(8), logind.conf(5))."""
CTRL_ALT_DEL = "ctrl-alt-del.target"
PROCESSES = Path("/proc")
SYSRQ = Path("/proc/sys/kernel/sysrq")
BUSES = Path("/sys/bus/usb/devices")
DEFAULT = "interface_authorized_default"
"""A file of each USB bus: 0 lets what is plugged in wait for a rule (the kernel's usb/authorization.rst)."""
AGAIN = "run systemd/install.sh again"


def check_lobby(here: Workplace) -> Iterator[Check]:
    """Consoles, keys and sockets, one line each; what cannot be seen from here has none."""
    if is_installed(here):
        yield from (*_consoles(), *_logins(), *_ctrl_alt_del(), *_sysrq(), *_usb())


def is_installed(here: Workplace) -> bool:
    """Whether this is a kiosk that stands somewhere, and not a demo or somebody's desk."""
    return not here.demo and (UNITS / INSTALLED).exists()


def _masked(unit: str) -> bool:
    path = UNITS / unit
    return path.is_symlink() and path.readlink() == Path("/dev/null")


def _consoles() -> Iterator[Check]:
    """By how cage was started: with -s it lets a key lead to another console."""
    commands = [_command(path) for path in PROCESSES.glob("[0-9]*/cmdline")]
    cages = [command for command in commands if Path(command[0]).name == "cage"]
    if any("-s" in command[: command.index("--")] if "--" in command else "-s" in command for command in cages):
        advice = "cage runs with -s: remove it from the unit's drop-in"
        yield Check("consoles", Mood.CAREFUL, Message("Pindah konsol: bisa"), advice)
    elif cages:
        yield Check("consoles", Mood.GOOD, Message("Pindah konsol: tidak bisa"))


def _command(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").split("\0")
    except OSError:
        # It has ended, or belongs to somebody else.
        return [""]


def _logins() -> Iterator[Check]:
    open_ones = [unit for unit in LOGINS if not _masked(unit)]
    if open_ones:
        advice = f"not masked: {', '.join(open_ones)}; {AGAIN}"
        yield Check("logins", Mood.CAREFUL, Message("Login di konsol: terbuka"), advice)
    else:
        yield Check("logins", Mood.GOOD, Message("Login di konsol: tertutup"))


def _ctrl_alt_del() -> Iterator[Check]:
    if _masked(CTRL_ALT_DEL):
        yield Check("ctrl-alt-del", Mood.GOOD, Message("Ctrl-Alt-Del: diabaikan"))
    else:
        advice = f"{CTRL_ALT_DEL} is not masked; {AGAIN}"
        yield Check("ctrl-alt-del", Mood.CAREFUL, Message("Ctrl-Alt-Del: menyalakan ulang"), advice)


def _sysrq() -> Iterator[Check]:
    try:
        is_on = SYSRQ.read_text().strip() != "0"
    except OSError:
        # The kiosk's own unit does not see the kernel's settings: a shell does.
        return
    if is_on:
        advice = f"another file sets kernel.sysrq after /etc/sysctl.d/99-krn.conf; {AGAIN}"
        yield Check("sysrq", Mood.CAREFUL, Message("SysRq: hidup"), advice)
    else:
        yield Check("sysrq", Mood.GOOD, Message("SysRq: mati"))


def _usb() -> Iterator[Check]:
    told = [path.read_text().strip() for path in BUSES.glob(f"usb*/{DEFAULT}")]
    if not told:
        return
    if any(default != "0" for default in told):
        yield Check("usb", Mood.CAREFUL, Message("USB: semua perangkat boleh"), f"no rule keeps its devices; {AGAIN}")
        return
    refused = sum(path.read_text().strip() == "0" for path in BUSES.glob("*:*/authorized"))
    yield Check("usb", Mood.GOOD, Message("USB: hanya yang diizinkan ({refused} ditolak)", {"refused": str(refused)}))
