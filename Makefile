# Everything needs Python >= 3.11 and nothing else: no root, no keys, no services.
PYTHON ?= $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install run test evals lint types lock clean

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || \
		{ echo "Frontdesk needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

run: install
	$(BIN)/python -m bot run

test: install
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

# Measures the product on labelled data beside local baselines, whose packages stay apart from it.
evals: install $(VENV)/evals
	$(BIN)/python -m tests.evals $(DATA) --with $(VENV)/evals

$(VENV)/evals: tests/evals/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade --target $@ -r $<
	@touch $@

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: install
	$(BIN)/mypy

# Needs uv; run it after changing dependencies in pyproject.toml.
lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --extra dev \
		--python-version 3.11 pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
