# Everything a newcomer, a developer and CI type. Needs make and Python 3.11 or newer; the rest is fetched into .venv.

PYTHON ?= python3
BIN := .venv/bin
# Without compiling all that is in the packages: Python does it for what is used, when it is, which is a small part.
INSTALL_PINNED := -m pip install -qq --disable-pip-version-check --no-compile --require-hashes
PIP_INSTALL := $(BIN)/python $(INSTALL_PINNED)

.DEFAULT_GOAL := help
.PHONY: help run stack worker dev test unit faults attacks check lint e2e-all e2e-deployments e2e-browsers bench bench-baseline export pins audit licences sbom clean

help: ## list the commands
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

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
	@$(BIN)/python -m tests.services.web_servers || true # the tests that need one say so
	@$(BIN)/python -m tests.e2e.other_browsers.programs || true # as above
	@$(if $(TESTS),$(BIN)/python -m pytest $(TESTS),$(SIDE_BY_SIDE) -n 3 -m "not alone and not browser" && $(SIDE_BY_SIDE) -n 2 -m browser && $(ALONE))

unit: .venv/installed-dev ## the tests that need no browser, no service and no other process
	@$(SIDE_BY_SIDE) -n 2 -m unit

faults: .venv/installed-dev ## kill and break everything, all of it (up to 75 minutes); writes docs/reliability.md
	@$(BIN)/python -m tests.browser
	@CHATAPP_TEST_FAULTS=1 CHATAPP_TEST_FAULTS_REPORT=docs/reliability.md $(BIN)/python -m pytest -m faults

attacks: .venv/installed-dev ## attack a server as much as docs/security.md says (up to 15 minutes)
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m tests.services.web_servers
	@CHATAPP_TEST_ATTACKS=1 $(BIN)/python -m pytest -n 2 tests/e2e/test_texts_that_break.py
	@CHATAPP_TEST_ATTACKS=1 $(BIN)/python -m pytest tests/attacks
	@for name in stack nginx; do echo "On $$name:"; \
	  CHATAPP_TEST_ATTACKS=1 CHATAPP_TEST_DEPLOYMENT=$$name $(BIN)/python -m pytest tests/attacks/test_siege.py || exit 1; done

SIDE_BY_SIDE := $(BIN)/python -m pytest --dist loadfile
ALONE := $(BIN)/python -m pytest -m alone

lint: .venv/installed-dev ## format, lint and types only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test e2e-deployments ## what a commit must pass: lint, the tests, then each deployment in short

e2e-all: .venv/installed-dev ## all end-to-end tests on each deployment: run, stack, export behind Caddy and nginx
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m tests.services.web_servers
	@for name in run stack caddy nginx; do echo "On $$name:"; \
	  CHATAPP_TEST_DEPLOYMENT=$$name $(BIN)/python -m pytest tests/e2e || exit 1; done

e2e-deployments: .venv/installed-dev ## the marked end-to-end tests on stack, export behind Caddy and nginx
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m tests.services.web_servers
	@for name in stack caddy nginx; do echo "On $$name:"; \
	  CHATAPP_TEST_DEPLOYMENT=$$name $(BIN)/python -m pytest tests/e2e -m deployment || exit 1; done

e2e-browsers: .venv/installed-dev ## the main job in Firefox and WebKit, which are taken from the system
	@$(BIN)/python -m tests.e2e.other_browsers.programs || true # what is missing is skipped
	@$(BIN)/python -m pytest -rs tests/e2e/other_browsers

BENCH := $(BIN)/python -m bench --runs $(or $(RUNS),3) --port $(or $(PORT),3000) --only "$(SCENARIOS)"

bench: .venv/installed-dev ## measure speed and cost; QUICK=1 in 10 minutes, SCENARIOS=2000,history picks, RUNS=3, COMPARE=1
	@$(BIN)/python -m tests.browser
	@exec $(BENCH) $(if $(QUICK),--quick) $(if $(COMPARE),--compare)

bench-baseline: .venv/installed-dev ## measure, and keep the result as what COMPARE=1 compares with
	@$(BIN)/python -m tests.browser
	@exec $(BENCH) --save

export: .venv/installed ## pages as static files, headers for Caddy and nginx, the back end as a zip; all in export/
	@exec $(BIN)/python -m chatapp export

SUPPLY := .venv-supply/bin

pins: .venv-supply/installed ## resolve requirements*.in anew: versions and hashes of every package, for all Pythons
	@for name in requirements requirements-stack requirements-dev requirements-supply; do \
	  $(SUPPLY)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	    --no-annotate --no-header $$name.in -o $$name.txt $(if $(UPGRADE),--upgrade) || exit 1; done

audit: .venv-supply/installed .venv/installed ## ask PyPI and npm for known holes in what is pinned
	@$(SUPPLY)/pip-audit --strict --disable-pip --require-hashes -r requirements.txt; python=$$?; \
	  cd reflex.lock && PATH="$(CURDIR)/$(BIN):$$PATH" npm audit --package-lock-only && exit $$python

licences: .venv/installed ## write docs/licences.md from what is installed
	@$(BIN)/python -m deploy.licences > docs/licences.md.new && mv docs/licences.md.new docs/licences.md

sbom: .venv-supply/installed .venv/installed ## the bill of materials of a release, as CycloneDX, in export/
	@rm -rf export/npm && mkdir -p export && cp -r reflex.lock export/npm
	@$(SUPPLY)/cyclonedx-py requirements requirements.txt -o export/python.cdx.json
	@cd export/npm && PATH="$(CURDIR)/$(BIN):$$PATH" && npm pkg set name=chatapp-pages version=0.0.0 && \
	  npm sbom --package-lock-only --legacy-peer-deps --omit=dev --sbom-format cyclonedx > ../pages.cdx.json
	@rm -r export/npm

clean: ## remove what was installed and built; data stays
	rm -rf .venv .venv-* .web .states export

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

.venv-supply/installed: requirements-supply.txt
	@$(PYTHON) -m venv .venv-supply
	@.venv-supply/bin/python $(INSTALL_PINNED) -r $<
	@touch $@

.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "chatapp needs Python 3.11 or newer; this is $$($(PYTHON) --version). Another one: make run PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python comes without venv. On Debian and Ubuntu: sudo apt install python3-venv"; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 2; }
