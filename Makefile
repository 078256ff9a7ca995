.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PORT ?= 8080
DATA ?= ./data
OUT ?= demo
SEED ?= 1
MINUTES ?= 10
VIDEO ?= weights/media/WolfgangLanger_Pexels.mp4
# The CPU build where the index has one by this name; see CONTRIBUTING.md for machines that get CUDA.
TORCH ?= torch==2.13.0

BIN := .venv/bin
UV := $(BIN)/uv pip install --quiet --require-hashes --no-deps
SOURCES := assessment adapters service worker networks training launch tests triton_backends bench

# What training reads and writes; see docs/training.md.
CONFIG ?= training/configs/smoke.toml
RUN ?= data/runs/$(basename $(notdir $(CONFIG)))
CHECKPOINT ?= $(RUN)/best.pt
NETWORK ?= hmhn

.PHONY: help install install-dev weights networks demo up train evaluate coverage export plans \
	test test-all chaos fuzz containers rolling load bench \
	bench-smoke bench-gpu check format lint types layers secrets audit unit stack openapi lock clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- installing -----------------------------------------------------------------

.venv/.run: requirements/run.txt requirements/insightface.txt requirements/uv.txt
	@echo "installing the application (.venv)"
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "mien needs Python 3.11 or later"'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/uv.txt
	$(UV) --python $(BIN)/python -r requirements/run.txt -r requirements/insightface.txt
	$(BIN)/python -m pip install --quiet --no-compile "$(TORCH)"
	touch $@

.venv-triton/.run: .venv/.run requirements/triton.txt requirements/tritonserver.txt
	@echo "installing the Triton server (.venv-triton)"
	$(PYTHON) -m venv .venv-triton
	$(UV) --python .venv-triton/bin/python -r requirements/triton.txt -r requirements/tritonserver.txt
	touch $@

.venv/.train: .venv/.run requirements/train.txt
	@echo "installing training (.venv)"
	$(UV) --python $(BIN)/python -r requirements/train.txt
	touch $@

.venv/.dev: .venv/.train requirements/dev.txt
	@echo "installing checks and tests (.venv)"
	$(UV) --python $(BIN)/python -r requirements/dev.txt
	touch $@

install: .venv/.run .venv-triton/.run ## Install what the embedded stack needs

install-dev: install .venv/.dev ## Install what checks and tests need, too

# --- running --------------------------------------------------------------------

weights: install ## Fetch, build and fit the networks' weights (cached)
	@$(BIN)/python -m training.weights

networks: install .venv/.train ## The same for every network of the project, not only the usual three
	@$(BIN)/python -m training.weights --all

demo: weights ## Assess a sample video on the real stack: make demo VIDEO=… OUT=…
	@$(BIN)/python -m launch demo --video "$(VIDEO)" --out "$(OUT)"

up: weights ## Run the embedded stack until Ctrl-C: make up PORT=… DATA=…
	@exec $(BIN)/python -m launch up --port "$(PORT)" --data "$(DATA)"

# --- the life of a network ------------------------------------------------------------------

train: .venv/.train ## Train a network, or go on where it was cut off: make train CONFIG=… RUN=…
	@$(BIN)/python -m training.train --config "$(CONFIG)" --folder "$(RUN)"

evaluate: .venv/.train ## Put every paper's claim to the test on the proving ground: docs/evidence.md
	@$(BIN)/python -m training.evaluate

coverage: weights .venv/.train ## Measure how often the intervals hold on new persons, and write the model cards
	@$(BIN)/python -m training.coverage && $(BIN)/python -m training.evaluation.card

export: .venv/.train ## Make the next served version of a checkpoint: make export NETWORK=… CHECKPOINT=…
	@$(BIN)/python -m training.release --network "$(NETWORK)" --checkpoint "$(CHECKPOINT)"

plans: .venv/.train ## Build TensorRT plans of the served networks, on the GPU that will serve them
	@$(BIN)/python -m training.plans

# --- checking -------------------------------------------------------------------

test: check unit stack ## Everything but the slow tests: format, lint, types, layers, all tiers

test-all: check networks ## Everything, the slow tests too
	$(BIN)/pytest

chaos: .venv/.dev weights ## Kill processes while assessments run, and count what was lost: make chaos SEED=…
	@$(BIN)/python -m tests.chaos --seed "$(SEED)" --log chaos.log

load: .venv/.dev weights ## Fifty callers for ten minutes: latencies, errors, memory
	@$(BIN)/python -m bench.load --minutes 10

bench: .venv/.dev weights ## Measure mien beside its peers and the machine's limit: bench/results.json
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.plot

bench-smoke: .venv/.dev weights ## The same, short; fails only where a ratio fell by a third
	@$(BIN)/python -m bench --smoke

bench-gpu: .venv/.train ## How many faces a second this GPU scores
	@$(BIN)/python -m bench.gpu_networks

containers: .venv/.dev weights ## Build the images, bring the compose file up, assess, take it down (root, Buildah, Podman)
	@$(BIN)/python -m tests.containers

fuzz: .venv/.dev weights ## Broken recordings against the decoder for ten minutes: make fuzz MINUTES=… SEED=…
	@$(BIN)/python -m tests.hostile.fuzz --minutes "$(MINUTES)" --seed "$(SEED)"

rolling: .venv/.dev weights ## Restart every part while assessments run, and count what was lost
	@$(BIN)/python -m tests.chaos.rolling

check: lint types layers secrets ## Format, lint, types, import layers, no secrets

format: .venv/.dev ## Rewrite the sources
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lint: .venv/.dev ## Format and style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.dev ## Types, strict
	$(BIN)/basedpyright

layers: .venv/.dev ## Imports point inwards
	$(BIN)/lint-imports

unit: .venv/.dev ## Tests that need no built weights and start no servers
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 -m 'not stack and not slow'

stack: .venv/.dev weights ## Tests on a real Redis, Triton, Celery worker and API
	$(BIN)/pytest -m 'stack and not slow'

secrets: .venv/.dev ## No key or password in what is committed
	git ls-files | grep -vE '^(tests/|requirements/.*txt|openapi\.yaml|docs/.*\.(png|svg|json))|\.(mp4|npz|onnx|png|svg)$$' \
		| xargs $(BIN)/detect-secrets-hook --no-verify --disable-plugin Base64HighEntropyString \
		--disable-plugin HexHighEntropyString --disable-plugin KeywordDetector

audit: .venv/.run ## Known flaws of the locked packages (asks a service on the internet)
	$(BIN)/uv tool run pip-audit==2.10.1 --require-hashes --disable-pip -r requirements/run.txt

openapi: .venv/.dev ## Write openapi.yaml, docs/problems.md and docs/settings.md from the application
	$(BIN)/python -m service.openapi > openapi.yaml.new && mv openapi.yaml.new openapi.yaml
	$(BIN)/python -m service.problem_pages > docs/problems.md.new && mv docs/problems.md.new docs/problems.md
	$(BIN)/python -m launch.settings_page > docs/settings.md.new && mv docs/settings.md.new docs/settings.md

# --- keeping --------------------------------------------------------------------

LOCK := $(BIN)/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-header --no-annotate

lock: .venv/.run ## Write the hash-locked requirements again
	for name in uv service worker run triton; do $(LOCK) requirements/$$name.in -o requirements/$$name.txt; done
	$(LOCK) -c requirements/run.txt requirements/dev.in -o requirements/dev.txt
	$(LOCK) -c requirements/run.txt --no-deps requirements/train.in -o requirements/train.txt
	for name in insightface tritonserver; do $(LOCK) --no-deps requirements/$$name.in -o requirements/$$name.txt; done

clean: ## Remove environments, weights, data and outputs
	rm -rf .venv .venv-triton weights data demo evidence .cache model_repository/*/[0-9]*
