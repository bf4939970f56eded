# Everything here does its own set-up; a fresh Debian with Python 3.11 and make is enough.
PYTHON ?= python3
SPEED ?= 0
BIN := .venv/bin
SOURCES := bot handlers storage tests
export PYTHON

.PHONY: demo test bench screening-report synapse format lock clean

demo: .venv/ready-to-run
	$(BIN)/seintje demo --speed $(SPEED)

test: .venv/ready-to-test
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2

bench: .venv/ready-to-test
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.due

screening-report: .venv/ready-to-test
	$(BIN)/python -m tests.screening.report

# A homeserver on this machine, for trying things by hand; gone when it is stopped.
synapse: .venv/ready-to-test
	$(BIN)/python -m tests.synapse

format: .venv/ready-to-test
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

# Pins the newest releases that pyproject.toml allows.
lock:
	tools/environment
	for pinned in "requirements.lock --group build" "requirements-dev.lock --group build --group test"; do \
		$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--custom-compile-command "make lock" pyproject.toml --output-file $$pinned || exit 1; \
	done
	echo uv | $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--custom-compile-command "make lock" - --output-file tools/requirements-uv.lock

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(SOURCES) -name __pycache__ -prune -exec rm -rf {} +

SET_UP := tools/environment tools/requirements-uv.lock pyproject.toml

.venv/ready-to-run: requirements.lock $(SET_UP)
	tools/environment requirements.lock
	touch $@

.venv/ready-to-test: requirements-dev.lock $(SET_UP)
	tools/environment requirements-dev.lock
	touch $@
