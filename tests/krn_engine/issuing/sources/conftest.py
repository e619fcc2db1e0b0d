"""A SoftHSM2 token for each test."""

import pytest

from tests.support.softhsm import LIBRARY, Token, new_token


@pytest.fixture
def token(request: pytest.FixtureRequest) -> Token:
    """A new token."""
    if LIBRARY is None:
        pytest.skip("apt-get install softhsm2")
    return new_token(request.getfixturevalue("softhsm"))
