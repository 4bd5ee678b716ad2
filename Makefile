# The two commands a newcomer needs: `make run` and `make test`. Each does all of its own set-up.
SHELL := /bin/sh
BIN := .venv/bin
TOOLS := pwa/node_modules/.bin

.PHONY: run test lint format lock setup setup-test

run: setup
	@exec $(BIN)/mingcha serve

test: setup-test lint
	cd pwa && node_modules/.bin/vitest run
	node scripts/bundle-size.mjs
	$(BIN)/pytest

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
