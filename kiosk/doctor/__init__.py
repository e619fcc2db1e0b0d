"""Is this kiosk ready? One check a part, the same for the terminal and for the staff screen."""

from collections.abc import Iterator

from kiosk.doctor.check import Check
from kiosk.doctor.devices import check_meter_process, check_meter_settings, check_pin, check_printer, check_voice
from kiosk.doctor.lobby import check_lobby
from kiosk.doctor.machine import (
    check_clock,
    check_disk,
    check_heat,
    check_lines,
    check_supply,
    check_touch,
)
from kiosk.doctor.office import (
    check_campaign,
    check_customers,
    check_generations,
    check_keys,
    check_list,
    check_office,
    check_rows,
    check_units,
    check_vault_place,
)
from kiosk.workplace import Workplace

CHECKS = (
    check_office,
    check_generations,
    check_campaign,
    check_list,
    check_rows,
    check_units,
    check_keys,
    check_vault_place,
    check_customers,
    check_meter_process,
    check_meter_settings,
    check_printer,
    check_pin,
    check_voice,
    check_touch,
    check_lines,
    check_disk,
    check_clock,
    check_heat,
    check_supply,
    check_lobby,
)


def examine(here: Workplace) -> Iterator[Check]:
    """Every part in turn; a part that this kiosk does not have is left out."""
    for check in CHECKS:
        yield from check(here)
