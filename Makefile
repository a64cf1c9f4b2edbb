# Every target sets up what it needs by itself: only git, make and Python 3.11 or newer must be there.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run dns reset check test test-long chaos-orders bench-dns bench-sla fix migration requirements text pictures vendor python set-up set-up-tests

help: ## Show the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: set-up ## Run the whole portal here; PORT=8000, DNS_PORT=5353, MAIL_PORT=8025, DATABASE_URL=...
	@$(BIN)/python -m portal.laptop run

dns: set-up ## Run dnsdist and unbound on the store of `make run`, beside it; DNS_PORT + 10
	@$(BIN)/python -m deploy.dns

reset: set-up ## Delete the data of this copy and start over with the next `make run`
	@$(BIN)/python -m portal.laptop reset

check: set-up-tests ## Check lint, types, imports, templates, translations and the schema
	@$(BIN)/python -m deploy.check

test: set-up-tests ## Run all tests but the long ones, journeys included; t="tests/parental -k pause" runs some
	@$(BIN)/python -m deploy.test $(t)

test-long: set-up-tests ## Run the tests that take minutes, and chaos-orders
	@$(BIN)/python -m deploy.test --long
	@$(BIN)/python -m tests.chaos.orders

chaos-orders: set-up-tests ## Order 500 times while everything is killed; count lost, doubled, stuck
	@$(BIN)/python -m tests.chaos.orders

bench-dns: set-up-tests ## Measure parental control; t="--households 1000000" (a quiet machine, 10 minutes)
	@$(BIN)/python -m bench.dns $(t)

bench-sla: set-up-tests ## Measure promises, 10 000 and 1 000 000 open ones; t="--many 100000" (a quiet machine, 10 minutes)
	@$(BIN)/python -m bench.sla $(t)

fix: set-up-tests ## Format, and mend what a linter can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/djlint --reformat --quiet templates || true

migration: set-up-tests ## Write a migration from the models: m=add_pause
	@$(BIN)/python -m deploy.schema revision $(m)

text: set-up-tests ## Bring the texts of code and templates into the translations
	@$(BIN)/flask text update

requirements: set-up-tests ## Lock the newest versions of requirements.in and requirements-dev.in
	@$(BIN)/python -m deploy.lock --upgrade

pictures: set-up-tests ## Take pictures of all pages of the portal that `make run` runs; t="/staff"
	@$(BIN)/python -m tests.pictures $(t)

vendor: set-up-tests ## Fetch the front-end files of others into static/ (needs npm)
	@$(BIN)/python deploy/vendor.py

set-up: python
	@$(PYTHON) deploy/set_up.py

set-up-tests: python
	@$(PYTHON) deploy/set_up.py --tests

python:
	@command -v $(PYTHON) >/dev/null || { echo "Kabinet needs Python 3.11 or newer, and there is no $(PYTHON)."; exit 1; }
