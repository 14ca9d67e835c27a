# The commands of Kairos. Each makes what it needs: a fresh clone, a Python from 3.11 to 3.13 and a package index suffice.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && { command -v $$p; break; }; done)
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check --quiet
LOCKED := pyproject.toml requirements.lock

.PHONY: install run test test-slow lint bench clean

install: $(VENV)/.installed ## the environment that 'make run' needs

run: $(VENV)/.installed ## open the chat on http://127.0.0.1:7860
	$(PY) app.py

test: lint ## the checks: format, lint, types, tests (a file of them at a time on each of up to four cores)
	$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test-slow: $(VENV)/.developed ## the longer checks on real data (KAIROS_DATA names their folder)
	$(PY) -m pytest -m slow

lint: $(VENV)/.developed
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

bench: $(VENV)/.developed ## a chat turn by stage against a plain pipeline
	$(PY) -m benchmarks.chat_turn

$(PY):
	@test -n "$(PYTHON)" || { echo "Kairos needs Python 3.11, 3.12 or 3.13; none was found. Name one: make PYTHON=/path/to/python3.12 run"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25'

$(VENV)/.installed: $(LOCKED) | $(PY)
	@echo "Installing the packages (the first time takes a few minutes) ..."
	$(PIP) install --constraint requirements.lock --editable .
	@touch $@

$(VENV)/.developed: $(LOCKED) | $(PY)
	@echo "Installing the packages for development ..."
	$(PIP) install --constraint requirements.lock --editable '.[dev,train,privacy]'
	@touch $@ $(VENV)/.installed

clean: ## remove the environment
	rm -rf $(VENV)
