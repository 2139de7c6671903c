# Two commands do everything: `make demo` and `make test`. Needed: Python 3.11 or newer, make, git.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check lint types contracts quality bench clean

demo: .venv/.installed
	$(BIN)/presswatch demo

test: .venv/.developing
	$(BIN)/pytest

check: lint types contracts

lint: .venv/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.developing
	$(BIN)/mypy

contracts: .venv/.developing
	$(BIN)/lint-imports

quality: .venv/.developing
	$(BIN)/python -m quality

bench: .venv/.developing
	$(BIN)/python -m bench.crawl_cost

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "presswatch needs Python 3.11 or newer; name one with make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	touch $@

.venv/.developing: .venv/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

clean:
	rm -rf .venv presswatch-demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
