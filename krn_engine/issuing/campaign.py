"""What an upgrade campaign wants: the chain of key revisions that its meters go through, from a TOML file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

from krn_engine.errors import KrnError
from krn_engine.issuing.errors import CampaignInvalid
from krn_engine.sts.identity import BaseDate, Ken, Krn, Sgc, Ti
from krn_engine.sts.keys import Ea


class Route(Enum):
    """How a meter goes along the hops."""

    HOP_BY_HOP = "hop-by-hop"
    STRAIGHT = "straight"
    """One key change to the last hop."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One key revision on the way. What is None stays as the meter has it (KEN: as the vending key has it)."""

    krn: Krn
    base_date: BaseDate
    sgc: Sgc | None = None
    ti: Ti | None = None
    ken: Ken | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    """The hops, lowest KRN first, and the route of each kind of meter.

    Raises CampaignInvalid if there is no hop, KRN does not rise, or the base date goes back.
    """

    name: str
    hops: tuple[Hop, ...]
    routes: tuple[tuple[Ea, Route], ...] = ((Ea.EA07, Route.HOP_BY_HOP), (Ea.EA11, Route.STRAIGHT))

    def __post_init__(self) -> None:
        if not self.hops:
            raise CampaignInvalid("a campaign needs at least one [[hop]]")
        for earlier, later in pairwise(self.hops):
            if later.krn <= earlier.krn:
                raise CampaignInvalid(f"the hops must rise: KRN {later.krn} stands after KRN {earlier.krn}")
            if later.base_date < earlier.base_date:
                raise CampaignInvalid(f"the base date goes back at KRN {later.krn}: a meter's clock cannot")

    @property
    def target(self) -> Hop:
        """Where every meter should end."""
        return self.hops[-1]

    def route(self, ea: Ea) -> Route:
        """How meters with this algorithm go."""
        return dict(self.routes)[ea]

    @classmethod
    def parse(cls, text: str) -> "Campaign":
        """From the text of a campaign file; raises CampaignInvalid with what is wrong in it."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CampaignInvalid(f"the campaign file is not TOML: {error}") from error
        _only(data, {"name", "hop", "route"}, "the campaign file")
        name, hops, routes = data.get("name"), data.get("hop", []), data.get("route", {})
        if not isinstance(name, str) or not isinstance(hops, list) or not isinstance(routes, dict):
            raise CampaignInvalid("a campaign file has a name, one or more [[hop]] and perhaps a [route]")
        try:
            return cls(name, tuple(_hop(hop) for hop in hops), _routes(routes))
        except CampaignInvalid:
            raise
        except (KrnError, TypeError, KeyError) as error:
            raise CampaignInvalid(f"in the campaign file: {error}") from error

    @classmethod
    def read(cls, path: Path) -> "Campaign":
        """From a file; raises CampaignInvalid if it cannot be read."""
        try:
            return cls.parse(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CampaignInvalid(f"the campaign file {path} cannot be read: {error}") from error

    @classmethod
    def default(cls) -> "Campaign":
        """KRN 3 on base date 2014, as the file beside this module has it."""
        return cls.read(Path(__file__).with_name("default-campaign.toml"))


def _only(table: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise CampaignInvalid(f"{where} has unknown settings: {', '.join(unknown)}")


def _hop(table: object) -> Hop:
    if not isinstance(table, dict):
        raise CampaignInvalid("a hop is a table: [[hop]]")
    _only(table, {"krn", "base_date", "sgc", "ti", "ken"}, "a hop")
    if "krn" not in table or "base_date" not in table:
        raise CampaignInvalid("a hop needs krn and base_date")
    return Hop(
        Krn(table["krn"]),
        BaseDate.parse(table["base_date"]),
        Sgc(table["sgc"]) if "sgc" in table else None,
        Ti.parse(table["ti"]) if "ti" in table else None,
        Ken(table["ken"]) if "ken" in table else None,
    )


def _routes(table: Mapping[str, object]) -> tuple[tuple[Ea, Route], ...]:
    _only(table, {"ea07", "ea11"}, "[route]")
    chosen = {Ea.EA07: Route.HOP_BY_HOP, Ea.EA11: Route.STRAIGHT}
    for name, value in table.items():
        try:
            chosen[Ea.EA07 if name == "ea07" else Ea.EA11] = Route(value)
        except ValueError:
            raise CampaignInvalid(f'the route of {name} is "hop-by-hop" or "straight"') from None
    return tuple(chosen.items())
