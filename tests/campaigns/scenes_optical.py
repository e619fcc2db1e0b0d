"""The scenes of the optical fault campaign: which meter, which way in, and what is wrong."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from hardware.optical.ciphering import Keys
from hardware.optical.line import LineFormat
from hardware.optical.model import Access, OpticalModel, Route, TokenForm
from hardware.optical.models import read_model
from hardware.optical.secrets import Secrets
from hardware.virtual.faults import Fault
from hardware.virtual.optical.faults import OpticalFault
from hardware.virtual.optical.style import Closing, Confirms, Style
from krn_engine.demo import DemoCase, DemoCustomer, DemoProvince
from tests.support.optical import BY_KEY, BY_PASSWORD, CIPHERED, KEYS, PASSWORD

CASES = (DemoCase.FOUR_ROWS, DemoCase.FOUR_ROWS, DemoCase.TWO_ROWS, DemoCase.EA11)
TITLE = b"KSK\x00\x00\x00\x00\x07"


class AtThePort(Enum):
    """What is wrong before the first byte, or who handles the head."""

    WRONG_SECRET = "wrong-secret"
    LEFT_OPEN = "left-open"
    """Another program went away without a word, and the meter still waits for its frames."""
    MOVED = "moved"
    """Between two rows somebody puts the head on another meter."""


Wrong = OpticalFault | Fault | AtThePort
FAULTS: tuple[Wrong, ...] = (
    *OpticalFault,
    *(Fault.LOCKED_OUT, Fault.PERIKSA, Fault.WRONG_KEY_STATE, Fault.WRONG_METER),
    *AtThePort,
)
COMBINATIONS = [frozenset(faults) for size in (0, 1, 2) for faults in itertools.combinations(FAULTS, size)]
WAYS = (
    (Access.LLS, False, BY_PASSWORD),
    (Access.LLS, False, BY_PASSWORD),
    (Access.HLS_GMAC, False, BY_KEY),
    (Access.HLS_GMAC, True, CIPHERED),
)


@dataclass(frozen=True)
class Scene:
    """One session to be played."""

    seed: int
    customer: DemoCustomer
    faults: frozenset[Wrong]
    style: Style
    access: Access
    ciphered: bool
    client: int
    form: TokenForm
    processing: float
    echo: bool
    watched: bool
    """A person stands at the meter."""

    @property
    def model(self) -> OpticalModel:
        """What the kiosk knows of this meter."""
        usual = read_model("virtual-optical")
        model = replace(usual, access=self.access, ciphered=self.ciphered, client=self.client, token_form=self.form)
        return model if self.style.sign_on else replace(model, route=Route.HDLC, start=LineFormat(self.style.baud))

    @property
    def secrets(self) -> Secrets:
        """What the kiosk has, which may be wrong."""
        if AtThePort.WRONG_SECRET in self.faults:
            return Secrets(b"wrong", bytes(16), bytes(16))
        return right_secrets(KEYS)


def right_secrets(keys: Keys) -> Secrets:
    """What lets a client in."""
    return Secrets(PASSWORD, keys.authentication, keys.encryption)


def scenes(count: int, province: DemoProvince, seed: int) -> Iterator[Scene]:
    """Every combination in turn, with everything else drawn by the seed."""
    source = random.Random(seed)
    waiting = {case: [customer for customer in province if customer.case is case] for case in set(CASES)}
    for number in range(count):
        access, ciphered, client = source.choice(WAYS)
        yield Scene(
            seed=source.randrange(1 << 30),
            customer=waiting[source.choice(CASES)].pop(),
            faults=COMBINATIONS[number % len(COMBINATIONS)],
            style=Style(
                reaction=source.choice((0.02, 0.2, 0.8)),
                sign_on=source.random() < 0.8,
                confirms=source.choice(tuple(Confirms)),
                closing=source.choice(tuple(Closing)),
            ),
            access=access,
            ciphered=ciphered,
            client=client,
            form=source.choice(tuple(TokenForm)),
            processing=source.choice((0.0, 0.0, 1.0, 4.0)),
            echo=source.random() < 0.2,
            watched=source.random() < 0.7,
        )
