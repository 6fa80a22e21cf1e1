# Everything runs in .venv, made on first use. `make demo` and `make test` need Python 3.11 or newer, cargo and a C compiler.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# What an installed build is made of.
SOURCES := pyproject.toml Cargo.toml Cargo.lock $(shell find rust python -type f \
	\( -name '*.rs' -o -name '*.toml' -o -name '*.py' -o -name '*.pyi' -o -name 'py.typed' \) 2>/dev/null)

export PYO3_PYTHON := $(abspath $(BIN)/python)

.PHONY: demo test test-rust test-python types lint bench clean

demo: $(VENV)/installed
	$(BIN)/cashfall run beignet

test: lint types test-rust test-python

test-rust: $(VENV)/created
	cargo test --locked --quiet -p cashfall

test-python: $(VENV)/installed-dev
	$(BIN)/python -m pytest -q -m "not slow"

types: $(VENV)/installed-dev
	$(BIN)/python -m mypy
	$(BIN)/python -m mypy.stubtest cashfall._core

lint: $(VENV)/installed-dev
	cargo fmt --all --check
	cargo clippy --locked --quiet --workspace --all-targets -- -D warnings
	$(BIN)/ruff check python tests benches
	$(BIN)/ruff format --check python tests benches

bench: $(VENV)/installed-dev
	$(BIN)/python benches/yardstick/run.py

clean:
	rm -rf $(VENV) target dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/created:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade pip
	touch $@

$(VENV)/installed: $(VENV)/created $(SOURCES)
	$(PIP) install '.[cli]'
	touch $@

# The developers' installation includes the users' one.
$(VENV)/installed-dev: $(VENV)/created $(SOURCES)
	$(PIP) install '.[dev]'
	touch $(VENV)/installed $@
