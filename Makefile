# Everything runs in .venv, made on first use. `make demo` and `make test` need Python 3.11 or newer, cargo and a C compiler.
# The wheel is built once (release, fat LTO) and the same wheel serves demo, test and bench.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
# What the wheel is made of.
SOURCES := pyproject.toml README.md Cargo.toml Cargo.lock $(shell find rust python -type f \
	\( -name '*.rs' -o -name '*.toml' -o -name '*.py' -o -name '*.pyi' -o -name 'py.typed' \) 2>/dev/null)

.PHONY: demo test test-rust test-python test-slow test-laws types lint bench bench-quick fuzz mutants arm clean

demo: $(VENV)/installed
	$(BIN)/cashfall run beignet

test: lint types test-rust test-python

test-rust:
	cargo test --locked --quiet -p cashfall

# From the tests' folder upwards the installed wheel is what is imported; the doctests are those of the installed package.
# The workers must agree on the order of the tests, so all hash alike.
test-python: $(VENV)/installed-dev
	PYTHONHASHSEED=0 $(BIN)/python -m pytest -q -n auto --dist worksteal -m "not slow" tests
	$(BIN)/python -m pytest -q --doctest-modules --pyargs cashfall

test-slow: $(VENV)/installed-dev
	$(BIN)/python -m pytest -q -m slow tests

# Every law that applies, on 1,000 generated scenarios of each shipped deal; in the folder there is no test beside them.
test-laws: $(VENV)/installed-dev
	$(BIN)/python -m pytest -q -n auto --cashfall-examples 1000 \
		$(addprefix --cashfall-deal=,$(basename $(notdir $(wildcard python/cashfall/deals/*.toml)))) docs/deals

types: $(VENV)/installed-dev
	$(BIN)/python -m mypy
	$(BIN)/python -m mypy.stubtest cashfall._core

lint: $(VENV)/installed-dev
	cargo fmt --all --check
	cargo clippy --locked --quiet --workspace --all-targets -- -D warnings
	$(BIN)/ruff check python tests benches
	$(BIN)/ruff format --check python tests benches

bench: $(VENV)/installed-dev
	$(BIN)/python benches/yardstick/bench.py --require-engine $(BENCH)

bench-quick: BENCH += --quick
bench-quick: bench

# Coverage-guided fuzzing of documents and formulas, so many seconds each; needs a C++ compiler.
FUZZ_SECONDS ?= 30
fuzz:
	fuzz/run.sh $(FUZZ_SECONDS)

# Bugs that cargo-mutants lists for plan/ and run/, all in one build, each to be noticed by the corpus, the crate's tests or the
# Python test that tests/mutants/survivors.md names, or to be harmless as it says; it takes hours. MUTANTS="--only plan/fees.rs"
# tries a part.
MUTANTS ?=
mutants: $(VENV)/installed-dev
	command -v cargo-mutants >/dev/null || cargo install --quiet --locked cargo-mutants
	$(BIN)/python tests/crosscheck/corpus.py $(VENV)/corpus --deals 300
	$(BIN)/python tests/mutants/generated.py --corpus $(VENV)/corpus $(MUTANTS)

# The same bits on ARM, under an emulator: needs Debian, see tests/arm/README.md.
arm:
	tests/arm/run.sh

clean:
	rm -rf $(VENV) target dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis benches/yardstick/kernel/target fuzz/target fuzz/corpus fuzz/artifacts

$(VENV)/created:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade pip
	$(PIP) install "$$($(PYTHON) -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"][0])')"
	touch $@

# Without pip's isolated builds: they would compile everything anew each time.
$(VENV)/wheel: $(VENV)/created $(SOURCES)
	rm -rf $(VENV)/dist
	$(BIN)/maturin build --quiet --release --locked --interpreter $(BIN)/python --out $(VENV)/dist
	touch $@

$(VENV)/installed: $(VENV)/wheel
	$(PIP) install "$$(ls $(VENV)/dist/*.whl)[cli]"
	$(PIP) install --force-reinstall --no-deps $(VENV)/dist/*.whl
	touch $@

# The developers' installation includes the users' one.
$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) install "$$(ls $(VENV)/dist/*.whl)[dev]"
	touch $@
