"""The files of the optical models, and what is refused in one."""

import pytest

from hardware.adapter import MeterRegister
from hardware.errors import ProfileInvalid
from hardware.keypad.models import models as keypad_models
from hardware.optical.line import HDLC_FORMAT, SIGN_ON_FORMAT, LineFormat
from hardware.optical.model import Access, CosemAttribute, OpticalModel, Route, TokenForm
from hardware.optical.model_file import FOLDER, NAMED, parse_model
from hardware.optical.models import all_models, models, read_model
from krn_engine.strict_toml import parse_toml

NUMBER = '[objects.meter_number]\nclass = 1\nobis = "0.0.96.1.0.255"\n'
SOURCES = '[sources]\nobjects = "a manual"\n'
LEAST = f'title = "T"\n{NUMBER}{SOURCES}'
COUNTER = 'counter = { class = 1, obis = "0.0.43.1.0.255" }'
MODELS = ("dlms-hdlc", "dlms-mode-e", "read-out", "virtual-optical")


def with_value(lines: str, source: str = "a manual") -> str:
    """The least file with more values, and where they are from."""
    return f"{lines}\n{LEAST}" + "".join(f'{line.partition(" ")[0]} = "{source}"\n' for line in lines.splitlines())


def test_every_model_that_ships_is_listed_and_those_that_take_tokens_come_first() -> None:
    assert models() == MODELS
    assert [model.name for model in all_models()] == ["dlms-hdlc", "dlms-mode-e", "virtual-optical", "read-out"]
    assert [model.takes_tokens for model in all_models()] == [True, True, True, False]


def test_no_optical_model_has_the_name_of_a_keypads() -> None:
    """The name alone says what opens the meter."""
    assert not set(models()) & set(keypad_models())


@pytest.mark.parametrize("name", MODELS)
def test_every_value_that_ships_names_its_source_or_says_that_it_is_a_guess(name: str) -> None:
    data = parse_toml((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert set(data["sources"]) == set(data) - NAMED
    assert all(len(source) > 10 for source in data["sources"].values())
    assert read_model(name).title


@pytest.mark.parametrize("name", MODELS)
def test_no_model_claims_a_maker_or_holds_a_secret(name: str) -> None:
    text = (FOLDER / f"{name}.toml").read_text(encoding="utf-8").lower()
    assert read_model(name).maker == ""
    assert not any(word in text for word in ("password", "key =", "secret ="))


def test_an_unknown_model_is_told_with_those_that_there_are() -> None:
    with pytest.raises(ProfileInvalid, match=r"no optical model '\.\./x': choose from dlms-hdlc, dlms-mode-e"):
        read_model("../x")


def test_what_a_file_leaves_out_is_safe() -> None:
    model = parse_model(LEAST, "least")
    assert (model.access, model.ciphered, model.client) == (Access.PUBLIC, False, 16)
    assert (model.route, model.start, model.data) == (Route.HDLC, SIGN_ON_FORMAT, HDLC_FORMAT)
    assert (model.results, model.waits, model.lockout) == ({}, (), ())
    assert model.objects == {MeterRegister.METER_NUMBER: CosemAttribute(1, "0.0.96.1.0.255", 2)}
    assert model.sources == {"objects": "a manual"}


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ('route = "mode-e"', "route", Route.MODE_E),
        ('start = "9600 8N1"', "start", LineFormat(9600)),
        ('data = "2400 7O1"', "data", LineFormat(2400, 7, "O")),
        ("client = 1", "client", 1),
        ("address_bytes = 4", "address_bytes", 4),
        ("physical_device = 16383\naddress_bytes = 4", "physical_device", 16383),
        (f'access = "hls-gmac"\n{COUNTER}', "access", Access.HLS_GMAC),
        (f'access = "lls"\nciphered = true\n{COUNTER}', "ciphered", True),
        ('token_form = "binary"', "token_form", TokenForm.BINARY),
        ("fastest = 19200", "fastest", 19200),
        ('identification = ["LGZ"]', "identification", ("LGZ",)),
        ("section_timeout = 60", "section_timeout", 60.0),
        ("timing = { answer = 5.0 }", "timing", OpticalModel("x").timing.__class__(answer=5.0)),
        ('counter = { class = 1, obis = "0.0.43.1.1.255" }', "counter", CosemAttribute(1, "0.0.43.1.1.255")),
        ('results = [{ bits = "0001", name = "Accept" }]', "results", {"0001": "Accept"}),
    ],
)
def test_a_value_is_read(line: str, field: str, value: object) -> None:
    assert getattr(parse_model(with_value(line), "x"), field) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("title = ", "not TOML"),
        (LEAST.replace('title = "T"', ""), "title is missing"),
        (with_value("colour = 1"), "unknown setting colour"),
        (with_value('route = "telepathy"'), "route must be one of"),
        (with_value('start = "300 9E1"'), "start must be a line such as"),
        (with_value('start = "12 7E1"'), "start must be a line"),
        (with_value('start = "300 7E2"'), "start must be a line"),
        (with_value('start = "300 7M1"'), "start must be a line"),
        (with_value("start = 300"), "start must be text"),
        (with_value("client = 0"), "client must be a number from 1 to 127"),
        (with_value("address_bytes = 3"), "address_bytes must be"),
        (with_value("logical_device = 128"), "do not go into an address of 1 octets: set address_bytes"),
        (with_value("physical_device = 1"), "do not go into an address of 1"),
        (with_value("physical_device = 128\naddress_bytes = 2"), "do not go into an address of 2"),
        (with_value('gateway = "0-0:19.40"'), "gateway must be an OBIS code"),
        (with_value('gateway = "0.0.19.40.0.256"'), "gateway must be an OBIS code"),
        (with_value('token_form = "morse"'), "token_form must be"),
        (with_value('results = [{ bits = "12", name = "Accept" }]'), "bits must be the bits"),
        (with_value('waits = ["1stKCT"]'), "1stKCT is none of results"),
        (with_value('series = "S"'), "series needs a maker"),
        (with_value("ciphered = true"), "ciphered needs a client that is let in"),
        (with_value('access = "hls-gmac"'), "need counter: where the meter's invocation counter is read"),
        (with_value('access = "lls"\nciphered = true'), "need counter"),
        (with_value('route = "read-out"'), "a read-out must tell where the meter's number is"),
        (with_value("timing = { answer = -1 }"), "timing.answer must be"),
        (with_value("timing = { colour = 1 }"), "unknown setting timing.colour"),
        ('title = "T"\n', "nothing is sent before it was read"),
        (f'title = "T"\n{NUMBER}', "objects has no source: name it in [sources], or say guess"),
        (f"client = 1\n{LEAST}", "client has no source"),
        (with_value("client = 1", source=""), "client has no source"),
        (f'{LEAST}client = "a manual"\n', "sources.client is no setting of this file"),
        (f'title = "T"\n{NUMBER}[sources]\nobjects = 5\n', "sources.objects must be text"),
        (f'sources = 5\ntitle = "T"\n{NUMBER}', "sources must be a table"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(ProfileInvalid) as refused:
        parse_model(text, "x")
    assert says in refused.value.message
    assert "model x" in refused.value.message
