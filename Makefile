# What a maintainer does with this repository. Each target installs what it needs first; `make` alone lists them.

SWIFT ?= swift
# More arguments for `make bench` (python3 Tests/Benchmarks/run.py --help), `make chaos` (Tests/Chaos/chaos.py --help) and
# `make demo` (crumbgate demo --help).
ARGS ?=
# How long each fuzzer runs, in seconds.
FUZZ_SECONDS ?= 30
# Releases per day and level in which `make privacy-audit` looks for one visitor, and how often it kills the proxy.
PRIVACY_AUDIT_TRIALS ?= 20000
PRIVACY_AUDIT_KILLS ?= 1000
# How long `make chaos` goes on, in seconds; or, where not 0, until how many requests (10000000 for a soak of hours).
CHAOS_SECONDS ?= 300
CHAOS_REQUESTS ?= 0

install := sh Tests/Tools/install-packages.sh

.DEFAULT_GOAL := help
.PHONY: help demo build test privacy-audit chaos bench fuzz deb packaging-test lint format clean toolchain

help: ## This list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

demo: toolchain ## Builds, then runs the demo shop with the proxy in front of it; Ctrl-C ends both
	@$(install) build demo
	$(SWIFT) build --configuration release
	@exec .build/release/crumbgate demo $(ARGS)

build: toolchain ## Builds everything in release
	@$(install) build
	$(SWIFT) build --configuration release

test: toolchain .venv/installed ## Runs all checks: format, unit tests, integration tests, smoke fuzzing
	@$(install) build test fuzz
	@FUZZ_SECONDS=$(FUZZ_SECONDS) python3 Tests/Tools/run_tests.py

privacy-audit: toolchain .venv/installed ## The attacks on anonymity, many times over (an hour): PRIVACY_AUDIT_TRIALS, PRIVACY_AUDIT_KILLS
	@$(install) build test
	$(SWIFT) build --configuration release --build-tests
	PRIVACY_AUDIT_TRIALS=$(PRIVACY_AUDIT_TRIALS) $(SWIFT) test --configuration release --skip-build \
		--disable-testable-imports --disable-xctest --filter \
		'Privacy|Private|DiscreteGaussian|NoisyRelease|Differencing|Oracle|ReleaseStore|MonthSums|Checkpoint'
	PRIVACY_AUDIT_KILLS=$(PRIVACY_AUDIT_KILLS) nice .venv/bin/python -m pytest -q Tests/Integration/test_crashes.py \
		Tests/Integration/test_attacks.py Tests/Integration/test_forgetting.py Tests/Integration/test_privacy.py

chaos: toolchain .venv/installed ## Faults of all kinds at once, and the losses: CHAOS_SECONDS or CHAOS_REQUESTS, ARGS="--seed 1"
	@$(install) build chaos
	$(SWIFT) build --configuration release --product crumbgate
	.venv/bin/python Tests/Chaos/chaos.py --seconds $(CHAOS_SECONDS) --requests $(CHAOS_REQUESTS) $(ARGS)

bench: toolchain ## Measures the proxy against its peers (ARGS="--quick", "--write"; about half an hour without)
	@$(install) build bench
	$(SWIFT) build --configuration release --product crumbgate
	@python3 Tests/Benchmarks/run.py $(ARGS)

fuzz: toolchain ## Runs every fuzzer for FUZZ_SECONDS
	@$(install) build fuzz
	FUZZ_SECONDS=$(FUZZ_SECONDS) bash Tests/Fuzz/run.sh

deb: toolchain ## Makes a Debian package of this system's kind, for machines without Swift: crumbgate_*.deb
	@$(install) build deb
	$(SWIFT) build --configuration release --product crumbgate --static-swift-stdlib --scratch-path .build-static
	@sh packaging/build-deb.sh .build-static/release/crumbgate .

packaging-test: .venv/installed ## Builds image and package in clean Debian roots, and runs them there; needs root (half an hour)
	@$(install) packaging
	.venv/bin/python -m pytest -q Tests/Packaging

lint: toolchain ## Checks the format of the Swift code
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

format: toolchain ## Formats the Swift code
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests

clean: ## Removes what builds, tests and the demo left
	rm -rf .build .build-* .demo .venv
	find Tests -name __pycache__ -type d -prune -exec rm -rf {} +

toolchain:
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.3 or later is needed: https://www.swift.org/install" >&2; exit 1; }

.venv/installed: Tests/Tools/requirements.txt
	@$(install) test
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
