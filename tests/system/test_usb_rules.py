"""Which USB devices a kiosk uses, by its rules as udev reads them: what is not named gets no driver."""

import os
from pathlib import Path

import pytest

from tests.support.udev import Device, Told, evaluated, parsed

ROOT = Path(__file__).parents[2]
FILE = ROOT / "systemd/90-krn-usb.rules"
RULES = parsed(FILE.read_text(encoding="utf-8"))
MOUNTED = "/opt/krn/current/systemd/usb-mounted.sh"

Interface = tuple[str, str, str]
"""Class, subclass and protocol, in hexadecimal (usb.org, Defined Class Codes)."""
HID, BOOT_KEYBOARD, BOOT_MOUSE = ("03", "00", "00"), ("03", "01", "01"), ("03", "01", "02")
PRINTER, HUB, SOUND, HEADSET_KEYS = ("07", "01", "02"), ("09", "00", "00"), ("01", "02", "00"), HID
MODEM, CDC_DATA, ETHERNET, NCM = ("02", "02", "01"), ("0a", "00", "00"), ("02", "06", "00"), ("02", "0d", "00")
STORAGE, CAMERA, BLUETOOTH, CARD, VENDOR = (
    ("08", "06", "50"),
    ("0e", "01", "00"),
    ("e0", "01", "01"),
    ("0b", "00", "00"),
    ("ff", "ff", "ff"),
)
RNDIS, PHONE = ("e0", "01", "03"), ("06", "01", "01")


def line_of(vendor: str, product: str, of: Interface) -> Device:
    """One interface of a device in a hub at a bus, as the kernel tells of them."""
    bus = Device("/devices/usb1", {"DEVTYPE": "usb_device"}, {"idVendor": "1d6b", "idProduct": "0002"})
    hub = Device("/devices/usb1/1-1", {"DEVTYPE": "usb_device"}, {"idVendor": "05e3", "idProduct": "0610"}, bus)
    device = Device(
        "/devices/usb1/1-1/1-1.2", {"DEVTYPE": "usb_device"}, {"idVendor": vendor, "idProduct": product}, hub
    )
    names = ("bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol")
    attributes = dict(zip(names, of, strict=True)) | {"authorized": "0"}
    return Device(f"{device.path}/1-1.2:1.0", {"DEVTYPE": "usb_interface"}, attributes, device)


def told(vendor: str, product: str, of: Interface, *, mounted: bool = False, more: str = "") -> Told:
    """What becomes of it; `more`: rules that are read before."""
    interface = line_of(vendor, product, of)

    def asks(command: str) -> bool:
        assert command == f"{MOUNTED} /sys{interface.path}", "it is asked of this very interface"
        return mounted

    return evaluated([*parsed(more), *RULES], interface, asks)


def is_let_in(what: Told) -> bool:
    return what.attributes["authorized"] == "1"


@pytest.mark.parametrize(
    ("vendor", "product", "of"),
    [
        pytest.param("046d", "c31c", BOOT_KEYBOARD, id="keyboard"),
        pytest.param("046d", "c077", BOOT_MOUSE, id="mouse"),
        pytest.param("0c2e", "0b61", BOOT_KEYBOARD, id="scanner that types"),
        pytest.param("0c2e", "0b6a", MODEM, id="scanner on a serial line"),
        pytest.param("0c2e", "0b6a", CDC_DATA, id="the data of that scanner"),
        pytest.param("0eef", "0001", HID, id="touch panel"),
        pytest.param("04b8", "0e15", PRINTER, id="receipt printer"),
        pytest.param("05e3", "0610", HUB, id="hub"),
        pytest.param("0d8c", "0014", SOUND, id="headphones"),
        pytest.param("0d8c", "0014", HEADSET_KEYS, id="the keys of headphones"),
        pytest.param("0403", "6001", VENDOR, id="serial adapter, FTDI"),
        pytest.param("0403", "6015", VENDOR, id="serial adapter, FTDI X"),
        pytest.param("10c4", "ea60", VENDOR, id="serial adapter, Silicon Labs"),
        pytest.param("1a86", "7523", VENDOR, id="serial adapter, WCH"),
        pytest.param("067b", "2303", VENDOR, id="serial adapter, Prolific"),
        pytest.param("0424", "ec00", VENDOR, id="network chip of a Pi 3B"),
        pytest.param("0424", "7800", VENDOR, id="network chip of a Pi 3B+"),
    ],
)
def test_what_a_kiosk_uses_is_let_in(vendor: str, product: str, of: Interface) -> None:
    found = told(vendor, product, of)
    assert is_let_in(found)
    # Drivers are asked for once more, by the names of all interfaces of its device.
    (again,) = found.runs
    assert "/sys/devices/usb1/1-1/1-1.2/1-1.2:1.0/../*:*" in again
    assert "/sys/bus/usb/drivers_probe" in again


@pytest.mark.parametrize(
    ("vendor", "product", "of"),
    [
        pytest.param("0781", "5567", STORAGE, id="storage that somebody plugs in"),
        pytest.param("0bda", "8153", VENDOR, id="network adapter, of its maker's class"),
        pytest.param("0b95", "1790", ETHERNET, id="network adapter, CDC Ethernet"),
        pytest.param("0b95", "1790", NCM, id="network adapter, CDC NCM"),
        pytest.param("18d1", "4ee4", RNDIS, id="network adapter, a phone's"),
        pytest.param("18d1", "4ee1", PHONE, id="phone"),
        pytest.param("046d", "0825", CAMERA, id="camera"),
        pytest.param("0a12", "0001", BLUETOOTH, id="bluetooth"),
        pytest.param("076b", "3031", CARD, id="card reader"),
        pytest.param("0403", "ffff", VENDOR, id="another device of FTDI's"),
        pytest.param("0424", "2514", VENDOR, id="another device of the network chip's maker"),
        pytest.param("1a86", "5512", VENDOR, id="a bridge of WCH's that is no serial line"),
    ],
)
def test_anything_else_is_refused(vendor: str, product: str, of: Interface) -> None:
    found = told(vendor, product, of)
    assert not is_let_in(found)
    assert found.runs == []


def test_the_disk_that_the_machine_runs_from_is_let_in() -> None:
    assert is_let_in(told("152d", "0578", STORAGE, mounted=True))
    assert not is_let_in(told("0bda", "8153", VENDOR, mounted=True)), "it is asked of storage alone"


def test_what_is_asked_is_a_program_of_ours() -> None:
    script = ROOT / "systemd" / Path(MOUNTED).name
    assert os.access(script, os.X_OK)


def test_each_interface_is_judged_by_itself() -> None:
    """A stick that says it is a keyboard too: its keys come in, and no file of it."""
    assert is_let_in(told("0781", "5567", BOOT_KEYBOARD))
    assert not is_let_in(told("0781", "5567", STORAGE))


def test_what_is_plugged_in_waits_for_its_rule() -> None:
    bus, device = (list(line_of("046d", "c31c", BOOT_KEYBOARD).line)[at] for at in (-1, 1))
    assert evaluated(RULES, bus, lambda _: False).attributes == {"interface_authorized_default": "0"}
    # A device is seen, so that its numbers are in the journal; only its interfaces get no driver.
    assert evaluated(RULES, device, lambda _: False).attributes == {}


@pytest.mark.parametrize("action", ["change", "remove", "bind"])
def test_nothing_is_judged_twice(action: str) -> None:
    found = evaluated(RULES, line_of("046d", "c31c", BOOT_KEYBOARD), lambda _: False, action)
    assert (found.attributes, found.runs) == ({}, [])


def test_nothing_but_usb_is_judged() -> None:
    other = Device("/devices/pci0/0000:00:01.0", {}, {"class": "0x020000"}, subsystem="pci")
    assert evaluated(RULES, other, lambda _: False).attributes == {}


def test_another_device_is_allowed_by_the_example() -> None:
    """The line that the rules, as `docs/operations.md`, give for a file of one's own."""
    (example,) = [line.removeprefix("# ") for line in FILE.read_text().splitlines() if line.startswith("# ACTION")]
    assert is_let_in(told("0bda", "8153", VENDOR, more=example))
    assert not is_let_in(told("0bda", "8152", VENDOR, more=example))
