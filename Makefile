# BeatsFoundry: every target works from a clean clone that has make and Python 3.11 with pip.
VENV    := .venv
BIN     := $(VENV)/bin
STAMP   := $(VENV)/.installed
REQUEST ?= data/requests/example.json
OUT     ?= out/example
TEXT    ?=
PORT    ?= 8888
DASHBOARD_PORT ?= 5000
API_PORT ?= 8000
JOBS    ?= 2

# The first of these interpreters that is a Python 3.11; `make PYTHON=/path/to/python3.11` overrides.
PYTHON ?= $(firstword $(foreach name,python3.11 python3 python,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $(name))))

# Nothing reports home.
export MLFLOW_DISABLE_TELEMETRY := true
export DO_NOT_TRACK := 1
# Links that are printed lead to the port on which the dashboard is opened.
export DASHBOARD_PORT

.DEFAULT_GOAL := help
.PHONY: help setup lab generate dashboard api docs map test test-long lint lock mutants clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## create .venv, install what is pinned in requirements.lock, compile the kernels

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 was not found: install it, or call make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "make: $(PYTHON) cannot create a virtual environment: on Debian, install python3.11-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/beatsfoundry prepare
	@touch $@

lab: setup ## open JupyterLab on the quick start, on this machine only
	$(BIN)/beatsfoundry lab --port $(PORT)

# With TEXT the folder is called after the text, unless OUT is given.
generate: export TEXT := $(TEXT)
generate: export OUT := $(OUT)
generate: export REQUEST := $(REQUEST)
generate: setup ## make a track: the example request, or TEXT="warm lo-fi at 80 bpm, 2 minutes"
	$(BIN)/beatsfoundry generate \
		$(if $(TEXT),"$$TEXT" $(if $(filter file,$(origin OUT)),,--out "$$OUT" --overwrite),"$$REQUEST" --out "$$OUT" --overwrite)

dashboard: setup ## open MLflow on the comparison of runs, on this machine only
	$(BIN)/beatsfoundry dashboard --port $(DASHBOARD_PORT)

api: setup ## serve the HTTP API on this machine
	$(BIN)/beatsfoundry serve --port $(API_PORT)

docs: setup ## build the documentation into build/docs
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet -b html docs build/docs
	@echo "open build/docs/index.html"

map: setup ## print rooms, floors, arrows and what grew too long
	$(BIN)/python docs/house_map.py
	$(BIN)/python docs/house_map.py evaluation

lint: setup ## style, types and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# One thread a worker, or the workers fight for the cores.
test: export OMP_NUM_THREADS := 1
test: lint ## lint, then the tests; browser and notebooks run alone, after the quick ones
	$(BIN)/pytest -n $(JOBS) --dist loadfile -m "not browser and not notebook and not long"
	$(BIN)/pytest tests -m "(browser or notebook) and not long"

test-long: setup ## the tests that take minutes
	$(BIN)/pytest tests -m long

# All but `plugins` and `link`, which are copyleft: whoever wants them installs them.
EXTRAS = lab api midi provenance peers sweep cluster docs dev

lock: setup ## resolve pyproject.toml again into requirements.lock
	$(BIN)/pip-compile --quiet --upgrade --allow-unsafe $(addprefix --extra=,$(EXTRAS)) --strip-extras --no-annotate --no-header \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file=requirements.lock pyproject.toml
	sed -i -e 's/+cpu$$//' -e '/^#/d' -e '/^$$/d' -e '1i # Every package that `make setup` installs, pinned. Made by `make lock` from pyproject.toml; do not edit by hand.' requirements.lock

mutants: setup ## change chosen modules place by place, and print what no test notices (minutes)
	$(BIN)/python -m tests.mutants

clean: ## remove the environment and every cache; made tracks stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
