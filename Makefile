# The project's commands; `make help` lists them. They need Python 3.11 or newer, make, and PyPI.
#
# .venv is made once. It is refreshed when pyproject.toml is newer than the stamp that the last refresh left.

PYTHON ?= python3
# `make test WORKERS=8` on a larger machine.
WORKERS ?= 2
# `make test TESTS=tests/unit/routing` for a part of the suite.
TESTS ?= tests

VENV := .venv
RUN := $(VENV)/bin/python -m
READY := $(VENV)/.ready
GUESTS := $(VENV)/guests/.ready
MLFLOW := $(VENV)/mlflow/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# A .venv that only looks like one must never send packages into the machine's own Python.
export PIP_REQUIRE_VIRTUALENV := 1

.DEFAULT_GOAL := help
.PHONY: help serve test check format bench soak mlflow screenshots vendor clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

serve: $(READY) ## Serve the sample migration: traffic on :8000, console on 127.0.0.1:8081
	@exec $(RUN) gateway serve

# Each worker takes one part of the suite and helps the other when it is through: what is started for a folder's tests
# is then started once, not once a worker. Compiled beforehand, since processes of tests write no bytecode.
test: $(READY) $(GUESTS) ## Run the everyday tests
	@$(RUN) compileall -q gateway legacy v2
	@$(RUN) pytest -n $(WORKERS) --dist worksteal $(TESTS)

check: $(READY) ## Format, lint, types, import contracts, and that the docs are true
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) mypy
	$(VENV)/bin/lint-imports --no-logo
	$(RUN) pytest -q tests/docs

format: $(READY) ## Format, mend what can be mended, write docs/cases.md and docs/doctor.md's table and the alerts in docs/monitoring.md
	$(RUN) ruff format .
	$(RUN) ruff check --fix .
	$(VENV)/bin/python tests/docs/cases.py
	PYTHONPATH=. $(VENV)/bin/python tests/docs/doctor_page.py
	PYTHONPATH=. $(VENV)/bin/python tests/docs/alerts.py

bench: $(READY) ## Print the performance ratios (some minutes; needs wrk)
	@for bench in tests/bench/bench_*.py; do echo "== $$bench"; PYTHONPATH=. $(VENV)/bin/python "$$bench" || exit 1; done

soak: $(READY) ## Run the long tests (an hour or more), and every property with twenty times as many examples
	@$(RUN) pytest -m soak --timeout=7200 $(TESTS)
	@THOROUGH=1 $(RUN) pytest -n $(WORKERS) -m hypothesis --timeout=7200 $(TESTS)

mlflow: $(MLFLOW) ## Move MLflow's artifacts through both of its applications, in every mode (a minute; a large download, once)
	@PYTHONPATH=. $(VENV)/mlflow/bin/python tests/guests/mlflow_artifacts.py

screenshots: $(READY) ## Photograph every page of the console with real traffic, into docs/pictures (MINUTES=12; needs chromium)
	@PYTHONPATH=. $(VENV)/bin/python tests/pictures/take.py

vendor: $(READY) ## Bring the console's browser libraries from npm, and write down their hashes
	@PYTHONPATH=. $(VENV)/bin/python tests/vendored/vendor.py

clean: ## Remove the virtual environment and everything that was built
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find gateway legacy v2 tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Older pips know no dependency groups, so pip comes first. What is not a working environment is made anew.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	@echo "Setting up $(VENV) (a minute or two, once)"
	@$(VENV)/bin/python -c 'import pip, sys; sys.exit(sys.prefix == sys.base_prefix)' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@$(RUN) pip install --quiet --upgrade 'pip>=25.1'
	@$(RUN) pip install --quiet --editable '.[sample,remote]' --group dev
	@touch $@

# Other people's Flask applications keep their own pins, so they have an environment of their own.
$(GUESTS): tests/guests/requirements.txt tests/guests/old.txt pyproject.toml | $(READY)
	@echo "Setting up $(VENV)/guests"
	@$(RUN) venv $(VENV)/guests
	@$(VENV)/guests/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	@$(VENV)/guests/bin/python -m pip install --quiet --requirement $< --editable .
	@$(RUN) pip install --quiet --upgrade --no-deps --target $(VENV)/guests/old --requirement tests/guests/old.txt
	@touch $@

# MLflow pins what it needs, and is large, so nothing but `make mlflow` sets it up.
$(MLFLOW): tests/guests/mlflow.txt pyproject.toml | $(READY)
	@echo "Setting up $(VENV)/mlflow (some minutes, once; almost 1 GB)"
	@$(RUN) venv $(VENV)/mlflow
	@$(VENV)/mlflow/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	@$(VENV)/mlflow/bin/python -m pip install --quiet --requirement $< --editable .
	@touch $@
