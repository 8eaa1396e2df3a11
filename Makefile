# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt

.PHONY: run tiny test test-slow lint bench install clean

run: $(VENV)/installed          ## install, climb, report
	$(BIN)/ouro run laptop

tiny: $(VENV)/installed         ## the same in under a minute
	$(BIN)/ouro run tiny

# the warden's tests come last: a warden leaves none of its process's helpers alive
test: $(VENV)/installed-dev     ## the whole suite but what is marked slow
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not gpu and not ray"

test-slow: $(VENV)/installed-dev
	$(BIN)/pytest -m slow

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports

bench: $(VENV)/installed        ## every figure of the README, in some seven hours
	$(BIN)/ouro bench speed --json
	$(BIN)/ouro bench null --json
	$(BIN)/ouro bench resume --kills 10 --json
	$(BIN)/ouro bench brake --json
	$(BIN)/ouro bench bodies --json
	$(BIN)/ouro bench climb --seeds 3 --json
	$(BIN)/ouro bench data --json
	$(BIN)/ouro bench transfer --json
	$(BIN)/ouro bench families --json
	$(BIN)/ouro bench verify --json
	$(BIN)/ouro bench stability --json
	$(PIP) -e ".[gym]"
	$(BIN)/ouro bench gym --json

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(PIP) -e ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) runs build dist
