# Everything a newcomer, a developer and CI type. Needs make and Python 3.11 or newer; the rest is fetched into .venv.

PYTHON ?= python3
BIN := .venv/bin
# Without compiling all that is in the packages: Python does it for what is used, when it is, which is a small part.
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-compile

.DEFAULT_GOAL := help
.PHONY: help run stack worker dev test check lint export clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run: .venv/installed ## serve the app on http://localhost:3000 (PORT= to change)
	@exec $(BIN)/python -m chatapp serve

stack: .venv/installed-stack ## the team deployment on this machine: 2 web, 2 workers, Redis, PostgreSQL, Caddy
	@exec $(BIN)/python -m deploy.stack

worker: .venv/installed ## one process that writes answers (needs CHATAPP_REDIS_URL)
	@exec $(BIN)/python -m chatapp worker

dev: .venv/installed ## the same with hot reload: edit a file, wait for the build, reload the page
	@$(BIN)/python -m chatapp migrate
	@exec $(BIN)/python -m reflex run --env preview

test: .venv/installed-dev ## run the tests (finds or fetches a browser first); TESTS= picks some
	@$(BIN)/python -m tests.browser
	@exec $(BIN)/python -m pytest $(TESTS)

lint: .venv/installed-dev ## format, lint and types only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test ## what a commit must pass: lint, then the tests

export: .venv/installed ## the static pages (frontend.zip) and the back end (backend.zip), see docs
	@exec $(BIN)/python -m reflex export

clean: ## remove what was installed and built; data stays
	rm -rf .venv .web .states frontend.zip backend.zip

.venv/installed: requirements.txt | .venv
	@echo "Installing what chatapp needs into .venv ..."
	@$(PIP_INSTALL) -r $<
	@touch $@

.venv/installed-stack: requirements-stack.txt requirements.txt | .venv
	@echo "Installing what the stack needs into .venv ..."
	@$(PIP_INSTALL) -r $<
	@touch $@ .venv/installed

.venv/installed-dev: requirements-dev.txt requirements-stack.txt requirements.txt | .venv
	@echo "Installing what the tests need into .venv ..."
	@$(PIP_INSTALL) -r $<
	@touch $@ .venv/installed-stack .venv/installed

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "chatapp needs Python 3.11 or newer; this is $$($(PYTHON) --version). Another one: make run PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python comes without venv. On Debian and Ubuntu: sudo apt install python3-venv"; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 2; }
