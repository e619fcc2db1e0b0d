"""The PostgreSQL of a test process: one server, made anew for each run, and a database for each test."""

import atexit
from functools import cache

import pytest

from kiosk.bench.postgres import Server, programs
from krn_engine.demo import DemoProvince
from krn_engine.register.database import Register

installed = pytest.mark.skipif(programs() is None, reason="needs a database server: apt-get install postgresql")


@cache
def server() -> Server:
    """This process's server; begun when it is first asked for."""
    made = Server()
    atexit.register(made.remove)
    return made


@cache
def template(customers: int) -> str:
    """The name of a database with a register of so many customers of the demo's province, made by the product."""
    name = server().database()
    with Register.create(server().url(name)) as register:
        DemoProvince(customers).load(register)
    return name
