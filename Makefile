# `make film` and `make test` need only git, make and Python 3.11 to 3.13; they set up the rest in .venv.

EPISODE ?= linear-algebra
QUALITY ?= 480p15
OUT ?= out
# How many scenes are drawn at once; empty: as many as there are cores.
JOBS ?=
# Where torch comes from; empty: as pip is configured.  https://download.pytorch.org/whl/cpu is the small one.
TORCH_INDEX ?=
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c '$(SUITS)' 2>/dev/null && echo $$python && break; done)

SUITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# An empty file in .venv says that something is installed.  Its name carries a checksum of what was asked for, so
# a second run installs nothing and a changed pyproject.toml installs again.
ASKED := $(shell cksum < pyproject.toml | cut -d' ' -f1)
ALL := .venv/.installed-voice,dev-$(ASKED)
# What is enough for a film is enough with the tools for development beside it.
FILM := $(or $(wildcard $(ALL)),.venv/.installed-voice-$(ASKED))
# Once chosen, a build of torch stays until another one is asked for by name.
ifeq ($(strip $(TORCH_INDEX)),)
TORCH := $(or $(firstword $(wildcard .venv/.torch-*)),.venv/.torch-default)
else
TORCH := .venv/.torch-$(shell echo '$(TORCH_INDEX)' | cksum | cut -d' ' -f1)
endif

# timm is tested beside the environment, not in it: a torchvision built for another torch would break transformers.
# (torchvision 0.n belongs to torch 2.(n - 15).)  Without it its tests are skipped and say so.
FITTING = $$($(BIN)/python -c 'import torch; print(int(torch.__version__.split(".")[1]) + 15)')
BESIDE = -$(PIP) install --no-deps --upgrade --target .venv/timm 'timm>=1.0.9,<2' "torchvision==0.$(FITTING).*"

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help film test test-long coverage check docs clean

help:
	@echo 'make film        set up, then render $$EPISODE (linear-algebra) at $$QUALITY (480p15) into out/'
	@echo 'make test        set up, then format, lint, types, import rules and tests'
	@echo 'make test-long   the same with the tests that take long: whole films, faults repeated'
	@echo 'make coverage    the tests once more, in one process, and which modules they reach least'
	@echo 'make check       the same as test, without the tests'
	@echo 'make docs        the site, from docs/ and README.md, into build/site; a broken link fails'
	@echo 'make clean       remove caches; films, the store and .venv stay'
	@echo 'variables: EPISODE QUALITY OUT JOBS TORCH_INDEX PYTHON'

film: $(FILM)
	$(BIN)/tapehead render $(EPISODE) --quality $(QUALITY) --out $(OUT) $(if $(JOBS),--jobs $(JOBS))

test: check
	$(BIN)/pytest -n auto --dist loadgroup

test-long: check
	$(BIN)/pytest -n auto --dist loadgroup -m "long or not long"

coverage: $(ALL)
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report --sort=cover | head -40

# Types take one core for a minute or two, import rules and the site the other.
check: $(ALL)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy & types=$$!; \
	$(BIN)/lint-imports && NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet; others=$$?; \
	wait $$types && exit $$others

docs: $(ALL)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean:
	rm -rf build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find analysis scenes assets render tapehead tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/pip:
	@$(or $(PYTHON),false) -c '$(SUITS)' || { \
		echo 'tapehead needs Python 3.11, 3.12 or 3.13, found $(or $(PYTHON),none of them).' >&2; \
		echo 'Install one (Debian, Ubuntu: apt-get install python3; macOS: brew install python@3.13),' >&2; \
		echo 'or name it: make PYTHON=/path/to/python3.11 ...' >&2; exit 1; }
	@.ci/system-packages $(PYTHON)
	$(PYTHON) -m venv .venv

# torch comes first, from where the user wants it; what follows then finds it in place.
$(TORCH): | $(BIN)/pip
	$(if $(filter-out $@,$(wildcard .venv/.torch-*)),rm -f .venv/.torch-* && $(PIP) uninstall -y torch)
	$(PIP) install $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX) )'torch>=2.6,<2.14'
	@rm -f .venv/.torch-*
	@touch $@

.venv/.installed-%-$(ASKED): $(TORCH)
	@.ci/system-packages $(BIN)/python $(if $(findstring dev,$*),tests)
	$(PIP) install -e '.[$*]'
	$(if $(findstring dev,$*),$(call BESIDE))
	@rm -f .venv/.installed-*
	@touch $@
