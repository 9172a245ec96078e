# Everything a developer does is one line here; .venv is made, and made anew, as pyproject.toml asks for it.

PYTHON ?= python3
ENDPOINT ?= http://127.0.0.1:9229
ARGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
NODE := $(if $(shell command -v npm),$(patsubst %/package-lock.json,%/node_modules/.installed,$(wildcard tests/sdk/node/package-lock.json)))

AWS_CLI := .tools/awscli/.installed

.PHONY: serve native demo test check fmt generate docs site bench refusals faults nightly
.PHONY: check-format check-lint check-types check-public-types check-imports check-sizes check-generated

serve: .venv/.installed ; @$(BIN)/cognomen serve $(ARGS)

# Argon2 built for this CPU: a sign-in of production takes a third of the time. Needs a compiler.

native: .venv/.installed
	@CFLAGS='-O3 -march=native' $(PIP) install --force-reinstall --no-deps --no-binary argon2-cffi-bindings argon2-cffi-bindings

demo: .venv/.installed ; @$(BIN)/cognomen demo

test: .venv/.tested $(NODE) $(AWS_CLI) ; @$(BIN)/pytest -n 2 -m "not nightly and not faults" $(ARGS)

check: check-format check-lint check-types check-public-types check-imports check-sizes check-generated site

fmt: .venv/.tested ; @$(BIN)/ruff format . && $(BIN)/ruff check --fix .

generate: .venv/.tested ; @$(BIN)/python tools/generate_wire.py && $(BIN)/python tools/generate_docs.py

docs: .venv/.tested ; @$(BIN)/python tools/generate_docs.py

# into build/site; a link that leads nowhere fails, which it would not with --quiet

site: .venv/.tested ; @$(BIN)/mkdocs build $(ARGS)

bench: .venv/.tested ; @$(BIN)/python bench/run.py $(ARGS)

refusals: .venv/.tested ; @$(BIN)/python tests/refusals/runner.py --endpoint $(ENDPOINT) $(ARGS)

# kills, full and failing disks, fail-overs, cut connections; prints what was acknowledged, lost and spent twice

faults: .venv/.tested ; @$(BIN)/pytest tests/faults -m "not nightly" $(ARGS)

nightly: .venv/.tested $(NODE) ; @$(BIN)/pytest -m nightly $(ARGS)

check-format: .venv/.tested ; @$(BIN)/ruff format --check .

check-lint: .venv/.tested ; @$(BIN)/ruff check .

check-types: .venv/.tested ; @$(BIN)/mypy

# pyright finds the kit by the first python of the path, and is written in JavaScript

check-public-types: .venv/.tested ; @said=$$(PATH=$(CURDIR)/$(BIN):$$PATH PYRIGHT_PYTHON_IGNORE_WARNINGS=1 pyright --verifytypes cognomen_kit --ignoreexternal) && echo "$$said" | grep completeness || { echo "$$said"; false; }

check-imports: .venv/.tested ; @$(BIN)/lint-imports

check-sizes: .venv/.tested ; @$(BIN)/python tools/check_sizes.py

check-generated: .venv/.tested ; @$(BIN)/python tools/generate_wire.py --check && $(BIN)/python tools/generate_docs.py --check

# What is needed to run, and what is needed to test; pip older than 25.1 knows no dependency groups.

.venv/.installed: pyproject.toml kit/pyproject.toml ; $(PYTHON) -m venv .venv && $(PIP) install -e '.[fast,postgres]' -e ./kit && touch $@

.venv/.tested: .venv/.installed ; $(PIP) install 'pip>=25.1' && $(PIP) install --group dev && touch $@

$(AWS_CLI): tests/sdk/awscli/requirements.txt
	@$(PYTHON) -m venv $(@D) && $(@D)/bin/python -m pip --quiet --disable-pip-version-check install -r $< && touch $@ \
		|| echo 'THE AWS CLI CANNOT BE INSTALLED HERE: its tests are skipped' >&2

%/node_modules/.installed: %/package-lock.json ; npm ci --silent --prefix $* && mkdir -p $(@D) && touch $@
