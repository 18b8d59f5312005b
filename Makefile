# Every command does the set-up that it needs; nothing here asks a question.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev

.PHONY: run test check format lock snapshots install bench bench-against soak clean

run: $(STAMP)
	$(PY) -P -m server

install: $(DEV)

test: $(DEV)
	$(PY) -P -m tests.prepare
	$(PY) -m pytest -n auto

check: $(DEV)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(DEV)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(DEV)
	$(PY) -m benchmarks

# make bench-against REV=c29fdac; the commit before this one if none is named
bench-against: REV := HEAD~1
bench-against: $(DEV)
	$(PY) -m benchmarks.against "$(REV)"

soak: $(DEV)
	$(PY) -m tests.soak

snapshots: $(DEV)
	$(PY) -m tests.records
	$(PY) -m tests.snapshot
	$(PY) -m tests.readme
	$(PY) -m tests.contract.document

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Viva needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(STAMP): requirements/runtime.lock pyproject.toml | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(DEV): requirements/dev.lock pyproject.toml | $(VENV)/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(STAMP)

# The lock files carry hashes but no address of any package index.
lock:
	$(PYTHON) -m venv .lock-venv && .lock-venv/bin/pip install --quiet uv
	.lock-venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml requirements/build.in -o requirements/runtime.lock
	.lock-venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml requirements/build.in -o requirements/dev.lock
