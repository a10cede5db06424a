# The commands of the project; `make help` lists them. Needs Go and Node only.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# dev, prod, or an environment that cdk.json adds.
ENV ?= dev
STACK = $(shell node -p 'require("./cdk.json").context.project ?? "securebase"')-$(ENV)-redis
REGION = $(shell node -p '(({region}) => region ? "--region " + region : "")(require("./cdk.json").context.environments?.["$(ENV)"] ?? {})')
APP := bin/cdk-redis-cache
CDK := node_modules/.bin/cdk
# Debian's own.
PYTHON ?= /usr/bin/python3
VENV := examples/lambda-python/.venv
GUARD := policy/node_modules/.package-lock.json
NODES := .ci/nodes/node_modules/.package-lock.json
TYPESCRIPT := bench/node_modules/.package-lock.json
EMULATOR := emulator/.venv/installed emulator/node_modules/.package-lock.json

# Node 20 is past its end of life, which jsii says at every start; newer ones are as good.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
export CDK_DISABLE_CLI_TELEMETRY := true
# They save a second and more of each synth on two cores, see bench/RESULTS.md: one helper thread of V8, not four, and a higher
# budget before V8 optimizes WebAssembly. That is CDK's validator, which is done by then; Node would wait for V8 at its end.
export NODE_OPTIONS ?= --v8-pool-size=1 --import="data:text/javascript,import v8 from 'node:v8'; v8.setFlagsFromString('--wasm-tiering-budget=100000000')"

.PHONY: help synth policy example test random-test examples-setup examples-test rotation-test e2e-setup e2e e2e-results node-versions deploy-test try bench lint diff guard upgrade-check deploy protect unprotect destroy clean

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

synth: $(CDK) ## Write the templates of all environments to cdk.out, without an AWS account
	@$(CDK) synth --quiet
	@go run ./internal/summary cdk.out

policy: synth $(GUARD) ## Check the templates of all kinds with AWS Control Tower's rules
	@node policy/check.js

example: $(CDK) ## Synthesize the apps in examples, which import the construct
	@cd examples/consumer && $(CURDIR)/$(CDK) synth --quiet
	@cd examples/adopt && $(CURDIR)/$(CDK) synth --quiet -c import=true && $(CURDIR)/$(CDK) synth --quiet
	@ls examples/*/cdk.out/*.template.json

test: ## Run all Go tests of the construct, the stacks and the app
	go test ./...

random-test: ## Try the constructs with more random props than test does
	go test -count=1 -run Random ./constructs/... -args -rapid.checks=300

examples-setup: ## Install what examples-test runs: servers (Debian 12 or newer, as root) and Python libraries
	./examples/setup.sh
	@$(MAKE) --no-print-directory $(VENV)/installed

examples-test: $(VENV)/installed ## Check and test the example functions
	cd examples/lambda-go && go test ./...
	cd examples/lambda-python && .venv/bin/ruff check -q . && .venv/bin/ruff format -q --check . && .venv/bin/mypy
	cd examples/lambda-python && .venv/bin/python -m unittest -q

rotation-test: ## Run the tests of the rotation functions; needs Python 3.11 or newer, without packages
	cd constructs/rediscache/rotation && $(PYTHON) -B -m unittest -q

e2e-setup: examples-setup ## Install what e2e runs: all of examples-setup, and Valkey and Sentinel (Debian 12 or newer, as root)
	./e2e/setup.sh

e2e: synth $(VENV)/installed ## Run the template and the example functions on real Redis, Valkey and PostgreSQL, 12 minutes
	cd e2e && go test -count=1 -timeout 25m ./...
	cd examples/drills && go test -count=1 -timeout 25m ./...

e2e-results: e2e ## Take the results of a run of e2e as those of the project
	cat e2e/results/head.md e2e/out/clients.md e2e/out/template.md e2e/results/played.md >e2e/RESULTS.md

node-versions: $(NODES) $(CDK) ## Run synth and the tests of the app with Node.js 20, 22 and 24 (Linux, x64)
	@for version in 20 22 24; do \
		export PATH="$(CURDIR)/.ci/nodes/node_modules/node$$version/bin:$$PATH"; \
		echo "Node.js $$(node --version)"; \
		$(MAKE) --no-print-directory synth && go test -count=1 . ./stacks || exit 1; \
	done

try: synth $(EMULATOR) ## Deploy ENV to an emulator of AWS on this machine, until Ctrl-C; needs Python 3.10 or newer
	@cd emulator && go build -o ../bin/try ./try && ../bin/try $(STACK)

deploy-test: synth $(EMULATOR) ## Create, update and delete stacks in the emulator; needs Python 3.10 or newer
	cd emulator && go test -count=1 -timeout 20m

bench: $(CDK) $(TYPESCRIPT) $(VENV)/installed ## Measure synth, build, tests and a hit; needs redis-server; writes bench/RESULTS.md
	cd bench && go run .

# Modules of their own keep their dependencies out of what users of the construct get.
MODULES := . bench examples/adopt examples/consumer examples/drills examples/lambda-go e2e emulator

lint: ## Check format and suspicious code in all modules
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "not gofmt-ed: $$unformatted"; exit 1; }
	@for module in $(MODULES); do echo "lint $$module"; (cd $$module && go mod tidy -diff && go vet ./... && go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...) || exit 1; done

diff: $(CDK) ## Compare ENV with what is deployed
	$(CDK) diff $(STACK)

guard: synth ## Find what a deployment of ENV would lose; ALLOW="LogicalId ..." takes a loss on purpose
	@go build -o bin/rediscache ./cmd/rediscache
	@bin/rediscache guard --stack $(STACK) $(ALLOW:%=--allow %)

upgrade-check: synth ## Tell what a change of engine or node type does to ENV
	@go build -o bin/rediscache ./cmd/rediscache
	@bin/rediscache upgrade --stack $(STACK)

deploy: guard ## Deploy ENV, unless guard finds a loss
	$(CDK) deploy --app cdk.out $(STACK)

protect: ## Have CloudFormation refuse to replace or delete cache, key and secrets of ENV
	aws cloudformation set-stack-policy --stack-name $(STACK) --stack-policy-body file://policy/stack-policy.json $(REGION)

unprotect: ## Take that back, for one deployment
	aws cloudformation set-stack-policy --stack-name $(STACK) --stack-policy-body file://policy/stack-policy-open.json $(REGION)
	@echo "After the deployment: make protect ENV=$(ENV)"

destroy: $(CDK) ## Destroy ENV
	$(CDK) destroy $(STACK)

clean: ## Remove what was built
	rm -rf .ci/nodes/node_modules bin cdk.out e2e/out node_modules bench/node_modules policy/node_modules emulator/node_modules emulator/.venv examples/*/bin examples/*/cdk.out $(VENV)

$(CDK): package-lock.json
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(VENV)/installed: examples/lambda-python/requirements.txt examples/lambda-python/requirements-dev.txt
	@$(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/pip install --quiet --disable-pip-version-check -r examples/lambda-python/requirements-dev.txt
	@touch $@

emulator/.venv/installed: emulator/requirements.txt
	@$(PYTHON) -m venv --clear emulator/.venv
	@emulator/.venv/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

emulator/node_modules/.package-lock.json: emulator/package-lock.json
	@cd emulator && npm ci --silent --no-audit --no-fund
	@touch $@

$(NODES): .ci/nodes/package-lock.json
	@cd .ci/nodes && npm ci --silent --no-audit --no-fund
	@touch $@

$(TYPESCRIPT): bench/package-lock.json
	@cd bench && npm ci --silent --no-audit --no-fund
	@touch $@

$(GUARD): policy/package-lock.json
	@cd policy && npm ci --silent --no-audit --no-fund
	@touch $@
