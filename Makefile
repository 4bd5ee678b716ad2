# The two commands a newcomer needs: `make run` and `make test`. Each does all of its own set-up.
SHELL := /bin/sh
BIN := .venv/bin
TOOLS := pwa/node_modules/.bin

.PHONY: run test faults lint format lock setup setup-test

run: setup
	@exec $(BIN)/mingcha serve

test: setup-test lint
	cd pwa && node_modules/.bin/vitest run
	node scripts/bundle-size.mjs
	$(BIN)/pytest --numprocesses auto --dist loadfile --ignore=tests/faults
	$(BIN)/pytest tests/faults

# The long form of every fault test (hours), and the table in docs/reliability.md from its counts.
# The short form is part of `make test`. FAULTS_SCALE says how much more is injected.
FAULTS_SCALE ?= 20
FAULTS_TALLY := $(CURDIR)/var/faults.jsonl
faults: setup-test
	@mkdir -p $(dir $(FAULTS_TALLY)) && rm -f $(FAULTS_TALLY)
	MINGCHA_FAULTS_SCALE=$(FAULTS_SCALE) MINGCHA_FAULTS_TALLY=$(FAULTS_TALLY) \
		$(BIN)/pytest tests/faults; status=$$?; \
		$(BIN)/python scripts/faults_table.py $(FAULTS_TALLY) && exit $$status

lint: setup-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(TOOLS)/pyright
	$(TOOLS)/biome ci --error-on-warnings
	cd pwa && node_modules/.bin/tsc -b

format: setup-test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(TOOLS)/biome check --write

# After a change of the dependencies in pyproject.toml. Hashes only: no download address is kept.
EXPORT = $(BIN)/uv export --quiet --no-emit-project --format requirements-txt --no-header \
	--no-annotate --group setup
lock: setup-test
	$(BIN)/uv lock --upgrade
	$(EXPORT) --no-dev --output-file requirements.lock >/dev/null
	$(EXPORT) --group dev --output-file requirements-dev.lock >/dev/null

setup:
	@scripts/setup run

setup-test:
	@scripts/setup test
