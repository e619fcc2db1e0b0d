"""Arguments that several commands have, each in the same words."""

import argparse
from pathlib import Path

from kiosk.opening import campaign_of
from kiosk.settings.config import Config
from krn_engine.issuing.campaign import Campaign


def add_campaign(command: argparse.ArgumentParser) -> None:
    """The argument by which a campaign is named: see `asked_campaign`."""
    command.add_argument("--campaign", type=Path, help="campaign file (default: that of the settings)")


def add_register(command: argparse.ArgumentParser) -> None:
    """The arguments by which a register is named: see `office_config`."""
    command.add_argument("--register", help="path of the SQLite file, or a database URL (that of the settings)")
    command.add_argument("--config", type=Path, help="configuration file (that of this machine, for its register)")


def add_json(command: argparse.ArgumentParser) -> None:
    """The argument that asks for JSON."""
    command.add_argument("--json", action="store_true", help="print one JSON document and nothing else")


def asked_campaign(args: argparse.Namespace, config: Config) -> Campaign:
    """The campaign that a command is asked to go by: that of its file, or that of the settings, as the service's.

    Raises CampaignInvalid.
    """
    return campaign_of(config) if args.campaign is None else Campaign.read(args.campaign)
