# Needs make and Python 3.11 or later; `make PYTHON=python3.12 report` takes another interpreter than python3.
PYTHON ?= python3
VENV ?= .venv
FORCE ?= norfolk
FORCES ?= all
EDITION ?= 2017
OUT ?= build
JOBS ?= 2
TESTERS ?= 2
unexport PYTHONDONTWRITEBYTECODE  # else each of some hundred processes compiles the package again

.DEFAULT_GOAL := help
.PHONY: help report batch demo test test-all lint unit notebooks rest references benchmark constraints bounds lab docs clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile

report: $(VENV)/ready  ## make one force's report: make report FORCE=norfolk
	@$(VENV)/bin/peel report "$(FORCE)" --edition $(EDITION) --out "$(OUT)"

batch: $(VENV)/ready  ## make all reports, or some: make batch FORCES=norfolk,suffolk JOBS=2
	@$(VENV)/bin/peel batch --forces "$(FORCES)" --edition $(EDITION) --jobs $(JOBS) --out "$(OUT)"

demo: $(VENV)/ready-for-tests  ## make the whole site with invented returns of all 43 forces, marked Illustrative
	@$(VENV)/bin/peel returns example --seed 1 --edition $(EDITION) -o "$(OUT)/demo/returns"
	@$(VENV)/bin/peel batch --returns "$(OUT)/demo/returns" --edition $(EDITION) --jobs $(JOBS) --out "$(OUT)/demo"

test: $(VENV)/ready-for-tests  ## prove that the project is right, in six to ten minutes: style, types, tests, Norfolk's references
	@$(MAKE) --no-print-directory -j 2 lint notebooks  # types are checked by one process: the other core runs notebooks
	@$(MAKE) --no-print-directory unit

test-all: test rest  ## the same, and what takes longer: every force traced, every reference, every engine and damage

lint: $(VENV)/ready-for-tests
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# Tests marked slow wait for `rest`; pytest's last line tells how many are left out.
# A test process that has none left takes some of the other's, so that no core waits for a long file at the end.
PYTEST := $(VENV)/bin/python -m pytest -n $(TESTERS) --dist worksteal
# Each reference notebook is run again in a plain kernel and compared with what it holds.
NBVAL := $(VENV)/bin/python -m pytest -n $(TESTERS) --dist loadfile -q --nbval --nbval-current-env --nbval-sanitize-with tests/nbval_sanitize.cfg

unit: $(VENV)/ready-for-tests
	$(PYTEST)

notebooks: $(VENV)/ready-for-tests
	$(NBVAL) tests/reference/norfolk

rest: $(VENV)/ready-for-tests
	$(NBVAL) $(filter-out tests/reference/norfolk,$(wildcard tests/reference/*))
	$(PYTEST) -m slow
	$(PYTEST) --hypothesis-profile many $(wildcard tests/test_properties_*.py)

references: $(VENV)/ready-for-tests  ## remake tests/reference after a change that is meant
	$(VENV)/bin/python tests/make_references.py

benchmark: $(VENV)/ready-for-tests  ## time the ways of running the notebooks
	$(VENV)/bin/python tests/benchmarks/commands.py
	$(VENV)/bin/python tests/benchmarks/benchmark.py

constraints: $(VENV)/ready-for-tests  ## take the newest versions into constraints.txt
	$(PIP) uv
	$(VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --all-extras pyproject.toml \
		--output-file constraints.txt --no-header --no-annotate --no-emit-index-url

# Each report in an environment of its own, with all that a report can be made as.
UV_ENVIRONMENT = $(VENV)/bin/uv venv --quiet --clear --python $(1) $(VENV)-$(2) && \
	$(VENV)/bin/uv pip install --quiet --python $(VENV)-$(2) $(3) -e ".[pdf,xlsx]" && \
	$(VENV)-$(2)/bin/peel report norfolk --pdf --xlsx --fresh --out "$(OUT)/$(2)"

bounds: $(VENV)/ready-for-tests  ## make a report with the lowest versions that pyproject.toml allows, and with Python 3.13
	$(PIP) uv
	$(call UV_ENVIRONMENT,$(VENV)/bin/python,lowest,--resolution lowest-direct)
	@if newest=$$(PYENV_VERSION=3.13 python3.13 -c 'import sys; print(sys.executable)' 2>/dev/null); then \
		$(call UV_ENVIRONMENT,$$newest,newest,-c constraints.txt); else echo "no Python 3.13 is here: not tried"; fi

lab: $(VENV)/ready-for-lab  ## open the notebooks in JupyterLab, at explore.ipynb
	@$(VENV)/bin/peel lab notebooks

docs: $(VENV)/ready-for-tests  ## make the pages of docs/ as a site in build/docs; a warning fails it
	@NO_MKDOCS_2_WARNING=1 $(VENV)/bin/mkdocs build --quiet --strict --config-file docs/site/mkdocs.yml
	@echo build/docs/index.html

clean:  ## remove reports and caches; the environment stays
	rm -rf "$(OUT)" .pytest_cache .mypy_cache .ruff_cache .import_linter_cache *.egg-info
	find peel_analysis tests notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

PIP := $(VENV)/bin/python -m pip install -qq --disable-pip-version-check

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "make: $(PYTHON) is not Python 3.11 or later; name one that is: make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -m venv "$(VENV)" || \
		{ rm -rf "$(VENV)"; echo "make: $(PYTHON) cannot make an environment; install its venv module" >&2; exit 2; }

$(VENV)/ready: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV): once, a minute or two" >&2
	@$(PIP) -c constraints.txt -e .
	@touch $@

$(VENV)/ready-for-lab: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV) with the pickers of notebooks: once, a minute or two" >&2
	@$(PIP) -c constraints.txt -e ".[lab]"
	@touch $@ $(VENV)/ready

$(VENV)/ready-for-tests: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV) with the tests' tools: once, a minute or two" >&2
	@$(PIP) uv && $(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python -c constraints.txt -e ".[test]" || \
		$(PIP) -c constraints.txt -e ".[test]"  # pip, which takes far longer, also where packages come by its own settings
	@touch $@ $(VENV)/ready $(VENV)/ready-for-lab
