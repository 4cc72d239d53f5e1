# 共商 Gongshang. `make` alone says what there is.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PY := .venv/bin/python
PORT ?= 8000
HTTPS ?= 0
# With HTTPS a telephone in the same network can come in.
HOST ?= $(if $(filter 1,$(HTTPS)),0.0.0.0,127.0.0.1)
# `make check` and `make lock` must not touch the data of a demo.
ASIDE := GONGSHANG_DATA_DIR=$(CURDIR)/var/check

.PHONY: help
help: ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'
	@echo
	@echo "  PORT=8001 make demo   another port        HTTPS=1 make demo   for a telephone in the same network"
	@echo "  ONLY=e2e make test    one stage           QUICK=1 make bench-sfu   under a minute"

.PHONY: demo
demo: ## Set everything up and serve the fictional city on http://localhost:8000
	@bin/venv run
	@$(PY) -m server.media.forward.build
	@bin/frontend build
	@exec $(PY) manage.py demo --host $(HOST) --port $(PORT) $(if $(filter 1,$(HTTPS)),--https)

.PHONY: install
install: ## Everything that demo and test need; nothing is started
	@bin/venv dev
	@$(PY) -m server.media.forward.build
	@bin/frontend build
	@bin/old-browser
	@bin/system-packages

.PHONY: build
build: ## Build the frontend
	@bin/frontend build

.PHONY: check
check: ## Style, types, imports, contract and the frontend's unit tests; under two minutes
	@bin/venv dev
	@bin/frontend packages
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=recurse check-python check-frontend

.PHONY: check-python
check-python:
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy server meetings voting tests
	.venv/bin/lint-imports
	$(ASIDE) $(PY) manage.py check
	$(ASIDE) $(PY) manage.py makemigrations --check --dry-run
	$(ASIDE) $(PY) manage.py contract --check

.PHONY: check-frontend
check-frontend:
	cd frontend && npm run --silent typecheck
	cd frontend && npm run --silent lint
	cd frontend && npm run --silent test

.PHONY: test
test: ## Install what the tests need beyond that and run them all
	@python3 bin/run_tests.py $(ONLY)

.PHONY: contract
contract: ## Write the generated types and the reference page
	@bin/venv dev
	@bin/frontend packages
	@$(ASIDE) $(PY) manage.py contract
	@rm -f tests/corpus/*.json
	@GONGSHANG_WRITE_CORPUS=1 $(PY) -m pytest -q tests/integration/contract
	@cd frontend && npm run --silent types

.PHONY: lock
lock: ## Write requirements/*.lock from *.in
	@bin/venv dev
	@for set in run dev; do \
	  .venv/bin/uv pip compile --quiet --generate-hashes --no-annotate --no-header --python-version 3.11 \
	    requirements/$$set.in --output-file requirements/$$set.lock; \
	done

.PHONY: bench-live
bench-live: ## Fan-out of events, reconnects, size of the welcome (JSON lines)
	@bin/venv dev
	@$(PY) -m tests.bench.live

.PHONY: bench-sfu
bench-sfu: ## Our media worker beside Janus, LiveKit (LIVEKIT=1 builds it) and the bare limit (JSON lines)
	@bin/venv dev
	@$(PY) -m server.media.forward.build >&2
	@bin/system-packages bench >&2 || true # goes on without Janus
	@bin/isolated $(PY) -m tests.bench.sfu

.PHONY: bench-join
bench-join: ## From the click to the first picture, and from the floor to the first sound, in Chromium (JSON lines)
	@bin/venv dev
	@bin/frontend build >&2
	@bin/system-packages >&2
	@bin/isolated $(PY) -m tests.bench.join

.PHONY: clean
clean: ## Remove what was made here: environment, packages, build, data of the demo
	rm -rf .venv var frontend/node_modules frontend/dist tests/e2e/old_browser/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
