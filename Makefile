# Every command of the workbook. `make` alone lists them; Windows and other places without make: see README.md.

PYTHON    ?= python3
VENV      := .venv
BIN       := $(VENV)/bin
# Passed on as they are: make lab LAB_ARGS="--no-browser --port=8890", make install PIP_ARGS="--index-url ..."
LAB_ARGS  ?=
PIP_ARGS  ?=
TEST_ARGS ?=
MUTANT_ARGS ?=
# What make quick compares with; left out, the main branch: make quick BASE=HEAD~3
BASE      ?=
NPM       ?= npm

# A stamp's name holds a checksum of what the environment was made from and where it lies, so that neither an
# edited file, nor a fresh checkout with new file times, nor a moved folder passes for an environment that is ready.
SUM      := $(shell { pwd -P; cat pyproject.toml constraints.txt; } | cksum | cut -d ' ' -f 1)
STUDENT  := $(VENV)/.student-$(SUM)
DEV      := $(VENV)/.dev-$(SUM)
STRENGTH := $(VENV)/.strength-$(SUM)

# One make at a time works on .venv. The lock is the operating system's, so that it ends with the last process that
# holds it, however that ends; the command that it guards inherits it.
define LOCK
import fcntl, os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
try:
    lock = os.open("$(VENV).lock", os.O_RDWR | os.O_CREAT, 0o666)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another make is at work on $(VENV); waiting until it has finished.", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
except OSError as error:
    print("There are no locks here (%s): run one make at a time." % error.strerror, flush=True)
os.execvp(sys.argv[1], sys.argv[1:])
endef
export LOCK
LOCKED = $(PYTHON) -c "$$LOCK"

OLD_ENOUGH = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'

FROM_NOTHING = echo "Making $(VENV). This takes a few minutes, once." && rm -rf $(VENV) && $(PYTHON) -m venv $(VENV)
PIP          = $(BIN)/python -m pip install $(PIP_ARGS)
# Two processes, each with one thread for its arithmetic.
PYTEST       = OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2
# Collecting what will not run would take seconds.
NO_BROWSER   = -m "not browser and not notebook" --ignore=tests/browser

# An environment whose interpreter no longer starts (Python was upgraded or removed) counts as absent.
ALIVE := $(shell $(BIN)/python -c 'print("alive")' 2>/dev/null)
ifeq ($(ALIVE),)
.PHONY: $(STUDENT) $(DEV)
endif

# The JavaScript's linter and type checker, by npm at the versions of the lock; a new lock is a new folder.
NODE_TOOLS := build/node-$(shell cat package-lock.json 2>/dev/null | cksum | cut -d ' ' -f 1)
# With HGMRL_REQUIRE_NODE=1, as in CI, this is an error.
WITHOUT_NODE = { echo "Node.js is not on this machine: the JavaScript is not linted."; [ "$$HGMRL_REQUIRE_NODE" != 1 ]; }

.PHONY: help install install-dev lab robots explore site quick check test lint notebooks grading pictures bench coverage mutants clean
.DEFAULT_GOAL := help

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

install: $(STUDENT) ## make .venv with what a student needs, if it is not there yet

install-dev: $(DEV) ## the same, with the tools for tests and development

lab: $(STUDENT) ## open JupyterLab on lesson 00, in your own copy of the lessons (folder work/)
	@$(BIN)/python notebooks/open_lab.py $(LAB_ARGS)

robots: $(STUDENT) ## add MuJoCo to .venv, for the arm of lesson 09
	@$(LOCKED) $(PIP) --editable '.[robots]' --constraint constraints.txt

explore: $(STUDENT) ## open the widgets alone in your browser: one page, no code, no Jupyter
	@$(BIN)/python -m website explore --open

site: $(STUDENT) ## build all lessons as pages that open without Jupyter, in build/site
	@$(BIN)/python -m website

quick: $(DEV) ## linters, types and the tests that your change reaches, in at most 40 seconds
	@OMP_NUM_THREADS=1 $(BIN)/python tests/quick.py --base "$(BASE)" $(MAKE) --no-print-directory lint

check: lint ## linters, types and all tests that need neither a browser nor a whole lesson
	$(PYTEST) --dist loadfile $(NO_BROWSER) $(TEST_ARGS)

test: lint ## run every test: linters, units, docstrings, lessons and widgets
	$(PYTEST) --dist loadfile --no-loadscope-reorder $(TEST_ARGS)

lint: $(DEV) ## check style, types and the direction of imports
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/python -m mypy
	@$(MAKE) --no-print-directory lint-js

notebooks: $(DEV) ## build the notebooks from notebooks/source
	$(BIN)/python notebooks/source/build.py

grading: $(DEV) ## export the lessons for Otter Grader to build/grading
	$(BIN)/python notebooks/source/grading.py

pictures: $(DEV) ## take README's pictures of the widgets anew, into notebooks/images
	HGMRL_PICTURES=notebooks/images $(BIN)/python -m pytest tests/browser/test_pictures.py

bench: $(DEV) ## measure the figures of benchmarks/results.json
	$(BIN)/python -m benchmarks

coverage: $(STRENGTH) ## branch coverage of the package, at least 95 %, by the tests that need no browser and no lesson
	$(PYTEST) --dist loadfile $(NO_BROWSER) --cov=hgmrl_lite --cov-branch --cov-report=term --cov-report=json:build/coverage.json $(TEST_ARGS)
	@$(BIN)/python tests/branches.py build/coverage.json

mutants: $(STRENGTH) ## plant errors in the package and see which of them the tests notice (an hour or more)
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.mutants $(MUTANT_ARGS)

.PHONY: lint-js
lint-js:
	@if command -v $(NPM) >/dev/null; then $(MAKE) -s $(NODE_TOOLS) && $(NODE_TOOLS)/node_modules/.bin/oxlint --deny-warnings --allow unicorn/no-new-array hgmrl_lite website/static tests \
	&& $(NODE_TOOLS)/node_modules/.bin/tsc --project jsconfig.json; else $(WITHOUT_NODE); fi

$(NODE_TOOLS):
	@echo "Fetching the JavaScript's linters, once."
	@rm -rf $@.part && mkdir -p $@.part && cp package.json package-lock.json $@.part
	@cd $@.part && $(NPM) ci --ignore-scripts --no-audit --no-fund --prefer-offline --silent
	@mv $@.part $@

clean: ## remove .venv and caches; your copy in work/ stays
	@$(LOCKED) rm -rf $(VENV)
	rm -rf build mutants .coverage .pytest_cache .hypothesis .mypy_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

ifndef HAS_LOCK

# What another make has done meanwhile, the make that holds the lock sees for itself.
$(STUDENT):
	@$(OLD_ENOUGH)
	@$(LOCKED) $(MAKE) -s HAS_LOCK=1 $@

$(DEV):
	@$(OLD_ENOUGH)
	@$(LOCKED) $(MAKE) -s HAS_LOCK=1 $@

$(STRENGTH): $(DEV)
	@$(LOCKED) $(MAKE) -s HAS_LOCK=1 $@

else

# The stamp is laid last: an interrupted install leaves none, and the next run starts from nothing.
$(STUDENT):
	@$(FROM_NOTHING)
	@$(PIP) --editable . --constraint constraints.txt
	@touch $@

# With nothing there, all is installed at once. What is added to a student's environment and interrupted leaves it no
# longer whole: it loses its stamp; when pip itself gives up (no network, say), it has changed nothing, and the stamp
# comes back.
$(DEV):
	@if [ -z "$(ALIVE)" ] || [ ! -e $(STUDENT) ]; then $(FROM_NOTHING); \
	else echo "Adding the tools for tests and development to $(VENV)." && mv $(STUDENT) $(STUDENT).before; fi
	@trap 'exit 130' INT TERM; $(PIP) --editable '.[dev,grading,robots]' --constraint constraints.txt \
	|| { [ ! -e $(STUDENT).before ] || mv $(STUDENT).before $(STUDENT); exit 1; }
	@rm -f $(STUDENT).before
	@touch $(STUDENT) && touch $@

$(STRENGTH): $(DEV)
	@$(PIP) --editable '.[strength]' --constraint constraints.txt
	@touch $@

endif
