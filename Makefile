# Every task of the project has one name here. `make` alone prints them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SELECT ?=
# One more than cores: two fifths of the tests' time is waiting, for a meter's own pace above all.
WORKERS ?= $(shell expr $$(nproc) + 1)
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help

help:  ## print this list
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(STAMP)  ## make the virtual environment in .venv, with krn in it

$(STAMP): pyproject.toml requirements/dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup  ## open the kiosk on demo data; without a display, do the same job in the terminal
	@$(BIN)/krn kiosk --demo

demo-office: setup  ## an office on the network and two kiosks of it, as processes; the way of one is cut, and comes back
	@$(BIN)/python -m kiosk.demo.office_tour

test: setup  ## run every test, on every core and one more at once (SELECT='-k name' for some; WORKERS=N)
	$(PYTEST) $(SELECT)

check: lint  ## while working: all linters and the quick tests, without a window or a Debian package
	PYTHONDONTWRITEBYTECODE= $(PYTEST) -q -m "not slow" $(SELECT)

lint: setup  ## ruff, mypy --strict and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

screens: setup  ## render every screen to screens/, with a page to look at
	$(BIN)/python -m tests.screens.gallery $(SELECT)

screens-accept: setup  ## the same, and keep these pictures as the right ones
	$(BIN)/python -m tests.screens.gallery --accept

faults: setup  ## 2,400 seeded sessions over every fault and pair of faults, each held to account (5 minutes)
	$(BIN)/python -m tests.campaigns.faults $(SELECT)

faults-optical: setup  ## 2,000 seeded sessions by light over every fault and pair of faults, each held to account (10 minutes)
	$(BIN)/python -m tests.campaigns.faults_optical $(SELECT)

kills: setup  ## kill the meter process 500 times in the middle of typing (10 minutes)
	$(BIN)/python -m tests.campaigns.kills $(SELECT)

kills-optical: setup  ## kill the meter process 200 times in the middle of an exchange by light (20 minutes)
	$(BIN)/python -m tests.campaigns.kills_optical $(SELECT)

crash: setup  ## kill kiosk and meter process 2,000 times in whole sessions, and hold the register to account
	$(BIN)/python -m tests.campaigns.crash $(SELECT)

crash-office: setup  ## the same with the office across a network: server and network are killed too, and come back (20 minutes)
	$(BIN)/python -m tests.campaigns.crash_office $(SELECT)

fuzz-frames: setup  ## a million HDLC frames, half of them mutated, through the optical port's reader (some minutes)
	$(BIN)/python -m tests.campaigns.frames $(SELECT)

flips: setup  ## flip 2,000 single bits of a register: each is told, and none changes an answer (15 minutes)
	$(BIN)/python -m tests.campaigns.flips $(SELECT)

wire: setup  ## 100,000 documents, good and broken, over every shape between a kiosk and an office (half an hour)
	$(BIN)/python -m tests.campaigns.wire $(SELECT)

millions: setup  ## an office of 2 million meters on a PostgreSQL of its own: issue, progress and the report of units (5 minutes)
	$(BIN)/python -m tests.campaigns.millions $(SELECT)

outbox: setup  ## 10,000 outcomes of a kiosk that is killed without its office, delivered to one that is killed too (5 minutes)
	$(BIN)/python -m tests.campaigns.outbox $(SELECT)

chats: setup  ## 10,000 conversations by chat with an office that is killed again and again (half an hour; SELECT=--flood: a flood)
	$(BIN)/python -m tests.campaigns.chats $(SELECT)

load: setup  ## rows over HTTP as fast as an office on PostgreSQL answers, asked for by wrk (Debian's package; a minute)
	$(BIN)/python -m tests.campaigns.load $(SELECT)

ways: setup  ## what chats, the page at home and lists on paper cost, beside a plain application (2 minutes)
	$(BIN)/python -m tests.campaigns.ways $(SELECT)

soak: setup  ## an hour of sessions at full speed: memory, files and threads must stay flat
	MALLOC_ARENA_MAX=1 $(BIN)/python -m tests.campaigns.soak $(SELECT)

install-whole: setup  ## the installer's tests, all of them on both Debians (as root; 5 minutes)
	KRN_WHOLE_INSTALLER=1 $(BIN)/python -m pytest tests/system/test_install_bookworm.py tests/system/test_install_trixie.py $(SELECT)

install-arm64: setup  ## the installer's tests on an emulated arm64 Debian (qemu-user-static and binfmt-support, as root; half an hour)
	KRN_ARCHITECTURE=arm64 $(BIN)/python -m pytest tests/system/test_install_bookworm.py tests/system/test_install_trixie.py $(SELECT)

pi: setup  ## boot an emulated Raspberry Pi, let it type a row, and watch its lines from outside (Debian, as root)
	$(BIN)/python -m tests.pi.run $(SELECT)

pi-crash: setup  ## cut the emulated Pi's power again and again; what was shown must be on its card (Debian, as root)
	$(BIN)/python -m tests.pi.crash $(SELECT)

whole: setup  ## boot a whole Debian with the kiosk in it, touch it, stop it, cut its power (Debian, as root; an hour)
	$(BIN)/python -m tests.whole.run $(SELECT)

pi-bench: setup  ## memory and work of the kiosk on the emulated Pi, in instructions (Debian, as root)
	$(BIN)/python -m tests.pi.bench

events: setup  ## renew docs/events.md from the catalogue of events
	$(BIN)/python -m tests.pages events

config: setup  ## renew the table of settings in docs/config.md from their declarations
	$(BIN)/python -m tests.pages config

bench: setup  ## measure the figures this project promises (docs/figures.md)
	$(BIN)/krn bench --json $(SELECT)

lock: setup  ## renew the locked, hashed requirements from pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra dev --no-emit-package krn-kiosk pyproject.toml -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra kiosk -c requirements/dev.txt pyproject.toml -o requirements/kiosk.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra office -c requirements/dev.txt pyproject.toml -o requirements/office.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra office --extra server -c requirements/dev.txt pyproject.toml -o requirements/server.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra bulk -c requirements/dev.txt pyproject.toml -o requirements/bulk.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --extra pkcs11 --extra sts-module -c requirements/dev.txt pyproject.toml -o requirements/modules.txt

clean:  ## remove what the project built for itself
	rm -rf $(VENV) demo-output screens .mypy_cache .ruff_cache .pytest_cache .hypothesis

.PHONY: help setup demo demo-office test check lint screens screens-accept faults faults-optical kills kills-optical crash crash-office fuzz-frames flips wire millions outbox chats load ways soak install-whole install-arm64 pi pi-crash pi-bench whole events config bench lock clean
