# The two commands of the README are `make demo` and `make test`; `make check` is what CI runs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

# Compiling anew in each of the many processes of the tests takes longer than most of them.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo test deep quick check lint types floors real bench bench-pull bench-days fuzz mutation foreign lexicons languages facts lock container-check clean

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: $(STAMP)                ## the whole job on two sandbox trackers
	$(BIN)/safesync demo

test: $(STAMP)                ## all tests but those of CI's slow part
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not deep"

deep: $(STAMP)                ## CI's slow part: every fault at every call, every change of every rule, and their like
	$(BIN)/python -m pytest -n 2 --dist load -m deep

quick: $(STAMP)               ## the tests of what judges values: no wire, no process
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not deep"

check: lint types floors test deep ## what CI runs

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

floors: $(STAMP)
	$(BIN)/lint-imports

real: $(STAMP)                ## judge real tracker data of the reference material
	$(BIN)/python bench/real.py

bench: $(STAMP)               ## ratios against other engines, in an environment of their own
	bench/run.sh

bench-pull: $(STAMP)          ## a full pull of Jira beside peers', in environments of their own; then of Azure DevOps
	bench/peers/run.sh --by-item 1000
	$(BIN)/python bench/pull_azure.py

bench-days: $(STAMP)          ## sixty days of one organisation: whom SafeSync disturbs, and whom the usual bots
	$(BIN)/python bench/sixty_days.py

fuzz: $(STAMP)                ## ten thousand configurations with something wrong in them
	$(BIN)/python bench/fuzz_configuration.py

mutation: $(STAMP)            ## change every threshold of every rule: what does no example notice?
	$(BIN)/safesync rules test --mutate

foreign: $(STAMP)             ## others' clients and simulators against ours; needs node and npm
	bench/foreign/run.sh

lexicons: $(STAMP)            ## after a change of a lexicon: what is read at start
	$(BIN)/python -c "import pathlib; from safesync.facts.text import lexicon; pathlib.Path('src/safesync/facts/text/lexicons.json').write_text(lexicon.as_json(), encoding='utf-8')"

languages: $(STAMP)           ## after a change of a catalogue: what is read at start
	$(BIN)/python -c "import pathlib, polib; [polib.pofile(str(each)).save_as_mofile(str(each.with_suffix('.mo'))) for each in pathlib.Path('src/safesync/languages').glob('*.po')]"

facts: $(STAMP)               ## after a change of the catalogue: its page
	$(BIN)/safesync rules facts docs/facts.md

lock:                         ## resolve the dependencies again; needs uv
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --all-extras --group dev pyproject.toml -o requirements.lock --custom-compile-command 'make lock'
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --extra postgres --extra azure --extra notify pyproject.toml -o requirements-run.lock --custom-compile-command 'make lock'
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate requirements-build.in -o requirements-build.lock --custom-compile-command 'make lock'

container-check:              ## build and run the image without a container engine; needs buildah and podman
	bash bench/container-check.sh

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
