# make run    install what is missing, build, run the Istanbul study, say where the report is
# make worlds the same, and its claims over plausible worlds (half an hour more)
# make korea  the second study, of the Korean armistice talks, with its plausible worlds (a few minutes)
# make test   install what is missing, build everything, run every test (CTest and the front end's own)
# make build  the program, at build/melian          make bench    the benchmarks
# make prove  random games against the tree for a minute (prove_seconds=N), counts added to docs/prove.md
# make debug  every test under the sanitizers       make fuzz     a short run of the fuzzers
# make format lay out the C++ sources               make tidy     clang-tidy
# make check  layers, layout and spelling           make clean    forget everything built
# make docs   the documentation as a site, at build/site, with a gallery made from the models
#             (docs_options=--quick: no figures and checks, which take a minute or more)
#
# Nothing is done twice: dependencies are stamped with the checksum of the lists they come from.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

study := studies/istanbul_2025.toml
out    = out/$(basename $(notdir $(study)))
jobs  := $(shell nproc)

checksum = $(shell cat $(1) 2>/dev/null | sha256sum | cut -c1-16)
packages_stamp := build/.stamps/packages-$(call checksum,tools/debian_packages.txt tools/install_dependencies.sh)
browser_stamp := $(packages_stamp)-browser
npm_stamp := web/node_modules/.stamp-$(call checksum,web/package.json web/package-lock.json)
web_sources := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null)

.PHONY: help run worlds korea build web test test-program test-web prove bench debug fuzz format tidy check docs clean

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -11

$(packages_stamp):
	@tools/install_dependencies.sh
	@mkdir -p $(@D) && rm -f build/.stamps/* && touch $@

# The report is tested in a real browser.
$(browser_stamp): $(packages_stamp)
	@command -v chromium >/dev/null || tools/install_dependencies.sh chromium
	@touch $@

build/build.ninja: | $(packages_stamp)
	@cmake --preset release

build: $(packages_stamp) build/build.ninja
	@cmake --build build --target melian -j $(jobs)

$(npm_stamp): | $(packages_stamp)
	@echo "Installing the front end's packages (npm ci)"
	@cd web && npm ci --no-audit --no-fund --loglevel=error </dev/null
	@rm -f web/node_modules/.stamp-* && touch $@

web/dist/index.html: $(npm_stamp) $(web_sources)
	@cd web && npm run --silent build </dev/null
	@touch $@

web: web/dist/index.html

run: study_options := --worlds 0
korea: study := studies/korea_1951.toml
run worlds korea: build web
	@build/melian run $(study) --out $(out) $(study_options)
	@echo
	@echo "The report: $(CURDIR)/$(out)/report.html (open it in any browser; it needs no network)"

test: test-program test-web

test-program: $(packages_stamp) build/build.ninja web
	@cmake --build build -j $(jobs)
	@ctest --preset release -j $(jobs)

test-web: web build $(browser_stamp)
	@cd web && npm test --silent </dev/null

# Counts are kept by engine: the last commit that changed what answers games.
prove_seconds := 60
prove_engine = $(shell git log -1 --format=%cs-%h -- src include 2>/dev/null || echo unnamed)
prove: $(packages_stamp) build/build.ninja
	@cmake --build build --target melian_prove -j $(jobs)
	@build/melian_prove --seconds $(prove_seconds) --record docs/prove.csv --page docs/prove.md \
	  --engine $(prove_engine) --out out/prove

bench: $(packages_stamp) build/build.ninja
	@cmake --build build --target melian_bench -j $(jobs)
	@build/melian_bench

debug: $(packages_stamp)
	@cmake --preset debug
	@cmake --build build-debug -j $(jobs)
	@ctest --preset debug -j $(jobs)

# fuzz_targets="events nfg": some of them; fuzz_record=1: counts are added to docs/fuzzing.md
fuzz_seconds ?= $(or $(MELIAN_FUZZ_SECONDS),20)
fuzz: $(packages_stamp)
	@MELIAN_FUZZ_SECONDS="$(fuzz_seconds)" MELIAN_FUZZ_TARGETS="$(fuzz_targets)" MELIAN_FUZZ_RECORD="$(fuzz_record)" tools/fuzz.sh

format:
	@tools/format.sh

tidy: build/build.ninja
	@tools/install_dependencies.sh clang-tidy-19
	@tools/tidy.sh

# The gallery is made by the program from the models' folders.
docs: build
	@command -v mkdocs >/dev/null || tools/install_dependencies.sh mkdocs
	@tools/make_docs.py $(docs_options)
	@mkdocs build --quiet
	@echo "The site: $(CURDIR)/build/site/index.html"

check:
	@python3 tools/check_layers.py
	@python3 tools/check_spelling.py
	@python3 tools/check_editors.py
	@python3 tools/wrap_markdown.py --check
	@python3 tools/check_pages.py
	@python3 -m unittest discover -q editors/pygments
	@tools/format.sh --check

clean:
	rm -rf build build-debug build-fuzz out web/dist
