"""Is this kiosk ready? One check a part, the same for the terminal and for the staff screen."""

from collections.abc import Callable, Iterator, Sequence

from kiosk.doctor.check import Check
from kiosk.doctor.copy import check_copy
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
from kiosk.doctor.network import check_network
from kiosk.doctor.office import (
    check_audit,
    check_campaign,
    check_customers,
    check_generations,
    check_keys,
    check_list,
    check_office,
    check_rows,
    check_sources,
    check_units,
    check_vault_place,
)
from kiosk.workplace import Workplace

Look = Callable[[Workplace], Iterator[Check]]
CHECKS: tuple[Look, ...] = (
    check_network,
    check_copy,
    check_office,
    check_generations,
    check_campaign,
    check_list,
    check_rows,
    check_audit,
    check_units,
    check_keys,
    check_sources,
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

WHILE_ALONE: tuple[Look, ...] = (check_meter_process, check_printer)
"""What is in the way of somebody who upgrades a meter or waits for a slip."""
IN_NO_WAY: tuple[Look, ...] = (
    check_network,
    check_copy,
    check_customers,
    check_meter_settings,
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
"""What a kiosk of an office can look at any time: neither its devices, nor what the office counts."""


def examine(here: Workplace, checks: Sequence[Look] = CHECKS) -> Iterator[Check]:
    """Every part in turn; a part that this kiosk does not have is left out."""
    for check in checks:
        yield from check(here)
