# `make run` starts the whole product, `make test` tests it; `make help` lists the rest.
# Everything lives in .venv, built from hashed pins; a change of the pins or of pyproject.toml is noticed by its key.
SHELL := /bin/bash
PY ?= python3
BIN := .venv/bin
KEY := $(shell cat requirements/*.txt pyproject.toml | sha256sum | cut -c1-12)
BUILD_KEY := $(shell sha256sum < requirements/build.txt | cut -c1-12)
# (Compiled once here: where PYTHONDONTWRITEBYTECODE is set, every start would do it again.)
UV_INSTALL := $(BIN)/uv pip install -q --no-config --python $(BIN)/python --no-deps --no-build-isolation --compile-bytecode
COMPILE := $(BIN)/uv pip compile -q --no-config --universal --generate-hashes --no-annotate --no-header $(UPGRADE)
PORT ?= 8080
SMTP_PORT ?= 8025
TEST_WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest
PARALLEL := -n $(TEST_WORKERS) --dist loadfile

.PHONY: help run test check format lock faults fuzz bench model phrases
.DELETE_ON_ERROR:

run: .venv/.run-$(KEY)  ## start everything on this machine: make run [PORT=8080 SMTP_PORT=8025]
	@$(BIN)/intake demo --port $(PORT) --smtp-port $(SMTP_PORT)

test: .venv/.dev-$(KEY)  ## all tests that this machine can run: make test [ARGS="-k word"]
	tests/install_rigs.sh
	$(PYTEST) $(PARALLEL) $(ARGS)

check: .venv/.dev-$(KEY)  ## style, types, import contracts, compose file, documents
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	$(PYTEST) -q tests/test_docs.py

format: .venv/.dev-$(KEY)  ## put the code into the form that check wants
	$(BIN)/ruff check --fix-only -q
	$(BIN)/ruff format -q

faults: .venv/.dev-$(KEY)  ## kills, power cuts, full disks: make faults [SIZE=ci|full]
	INTAKE_TEST_SIZE=$(or $(SIZE),full) $(PYTEST) -o norecursedirs=.* --timeout=0 tests/faults $(ARGS)

fuzz: .venv/.dev-$(KEY)  ## mails and dialogues that nobody would send: make fuzz [SIZE=ci|full]
	INTAKE_TEST_SIZE=$(or $(SIZE),full) $(PYTEST) -o norecursedirs=.* --timeout=0 -n $(TEST_WORKERS) tests/fuzz $(ARGS)

bench: .venv/.dev-$(KEY)  ## how quick it is; prints figures, judges nothing by the clock in CI
	$(PYTEST) -o norecursedirs=.* --timeout=0 -s tests/bench $(ARGS)

phrases: .venv/.dev-$(KEY)  ## cut the wordings of the shipped rules again, after a change of rules/
	$(BIN)/python -m intake.learning.phrases

model: .venv/.dev-$(KEY)  ## train the shipped weights again from tests/corpus/open
	$(BIN)/python -m intake.learning.train $(ARGS)

lock: .venv/.build-$(BUILD_KEY)  ## resolve the pins again: make lock [UPGRADE=--upgrade]
	$(COMPILE) --group pyproject.toml:build -o requirements/build.txt
	$(COMPILE) pyproject.toml --all-extras -o requirements/run.txt
	$(COMPILE) pyproject.toml --all-extras --group dev -c requirements/run.txt -o requirements/dev.txt
	@! grep -nE '://|^ *-[a-z-]*(index|find)|^[^#]* @ ' requirements/*.txt  # names, versions and hashes only

help:  ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 10

.venv/.%-$(KEY): .venv/.build-$(BUILD_KEY)
	$(UV_INSTALL) --require-hashes -r requirements/$*.txt
	$(UV_INSTALL) -e .
	$(BIN)/python -m compileall -q src
	touch $@

.venv/.build-$(BUILD_KEY):
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "intake needs Python 3.11 or newer: make PY=/path/to/python3.11 …" >&2; exit 1; }
	$(BIN)/python -m pip --version >/dev/null 2>&1 || tests/make_venv.sh "$(PY)"
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/build.txt
	touch $@
