# The one entry to every habit. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

python := .venv/bin/python
setup := deploy/local/setup.sh
members := shared services/intake services/scheduling services/reporting cli deploy/local
export PYTHON

# Stamps lie in the folders that they speak of, and go with them.
python_stamp := .venv/.set-up
frontend_stamp := shared/frontend/node_modules/.set-up
bench_stamp := build/bench-peers/.set-up

.PHONY: help
help: ## List what there is to type
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: machine ## Install all that running takes, in ignored folders of this checkout
	@$(MAKE) checkout

.PHONY: setup-tests
setup-tests: machine-for-tests ## Install what only the tests take, too (Chromium)
	@$(MAKE) checkout

.PHONY: setup-bench
setup-bench: setup ## Install what only the benchmark takes, too (what it measures against)
	@$(MAKE) $(bench_stamp)

# First what the machine lacks, all at once, then the checkout: whoever must ask for packages is told of all of them.
.PHONY: machine machine-for-tests
machine:
	@$(setup) machine run
machine-for-tests:
	@$(setup) machine tests

.PHONY: checkout
checkout: $(python_stamp) $(frontend_stamp) pdf

.PHONY: pdf
pdf: $(python_stamp)
	@$(setup) pdf

$(python_stamp): requirements.lock $(members:%=%/pyproject.toml)
	@$(setup) python $@ $^

$(frontend_stamp): shared/frontend/package-lock.json shared/frontend/package.json shared/frontend/.npmrc | $(python_stamp)
	@$(setup) frontend $@ $^

$(bench_stamp): tests/benchmarks/requirements.lock requirements.lock | $(python_stamp)
	@$(setup) bench $@ $^

.PHONY: run
run: setup ## Start everything, play the story, go on serving (ONCE=1: end after the story)
	@exec $(python) -m local.run $(if $(ONCE),--once)

.PHONY: demo
demo: setup ## Load the demo set into what `make run` runs, or start it with the set (ONCE=1, JSON=1)
	@exec $(python) -m local.demo $(if $(ONCE),--once) $(if $(JSON),--json)

# As many processes as cores; a file stays in one process, see tests/side_by_side.py.
side_by_side := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: test
test: setup-tests $(if $(ONLY),,lint types) ## Check everything, or the tests of one place alone (ONLY=intake/applications)
	@$(python) -m pytest $(side_by_side) $(if $(ONLY),--only $(ONLY))

.PHONY: test-fast
test-fast: setup ## Check in a minute what goes wrong most often: lint, types, what needs no server, one story
	@$(MAKE) --jobs 2 --output-sync=target test-story types test-in-memory lint

.PHONY: test-in-memory
test-in-memory: $(python_stamp) ## Run the tests that need no server: decisions, folds, contracts, reading and writing
	@$(python) -m pytest --quiet --without-servers --ignore tests/shared/web \
	  tests/contracts tests/intake tests/reporting tests/scheduling tests/shared

.PHONY: test-story
test-story: setup ## Play the story on real servers, and hold it against what is expected
	@$(python) -m pytest --quiet tests/system/test_story.py

.PHONY: bench
bench: setup-bench ## Measure beside the limits and other tools (EVENTS=20000 RUNS=3 ONLY=relay,inbox PROFILE=1)
	@PYTHONPATH=tests exec $(python) -m benchmarks $(if $(EVENTS),--events $(EVENTS)) $(if $(RUNS),--runs $(RUNS)) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(PROFILE),--profile)

.PHONY: test-faults
test-faults: setup ## Kill, cut and restart whatever an event passes by, and count the effects (LONG=1: ten thousand events each)
	@FAULTS=$(if $(LONG),long) $(python) -m pytest tests/faults $(if $(LONG),--timeout=0)

.PHONY: test-conformance
test-conformance: setup ## Ask every operation of every API what its description describes, and check the answers (LONG=1: hundreds of times)
	@CONFORMANCE=$(if $(LONG),long) $(python) -m pytest tests/system/test_api_conformance.py

.PHONY: lint
lint: $(python_stamp) ## Check format, lint and import rules
	@$(python) -m ruff format --check
	@$(python) -m ruff check
	@.venv/bin/lint-imports

.PHONY: format
format: $(python_stamp) ## Put the code in order
	@$(python) -m ruff format
	@$(python) -m ruff check --fix

.PHONY: types
types: $(python_stamp) ## Check types, strictly
	@$(python) -m mypy
	@$(python) -m mypy tests

.PHONY: lock
lock: $(python_stamp) ## Bring requirements.lock up to the pyproject files (UPGRADE=1: take newer versions too)
	@$(python) -m uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-header --python-version 3.11 \
	  --quiet $(if $(UPGRADE),--upgrade) --no-emit-package praksis-shared --no-emit-package praksis-intake --no-emit-package praksis-scheduling \
	  --no-emit-package praksis-reporting --no-emit-package praksis-cli --no-emit-package praksis-local -o requirements.lock
	@$(python) -m uv pip compile tests/benchmarks/requirements.in --no-deps --universal --generate-hashes --no-header \
	  --python-version 3.11 --quiet $(if $(UPGRADE),--upgrade) -o tests/benchmarks/requirements.lock

.PHONY: secrets
secrets: $(python_stamp) ## Generate the secrets of docker-compose.yml that are not there yet
	@$(python) -m local.compose_secrets

.PHONY: clean
clean: ## Wipe the state: data, logs, generated passwords
	@if [ -x $(python) ]; then $(python) -m local.clean; else rm -rf var; fi

.PHONY: clean-all
clean-all: clean ## Wipe also what was installed into this checkout
	@rm -rf .venv build shared/frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
