# The commands of the project; `make help` lists them. Needs Go and Node only.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# dev, prod, or an environment that cdk.json adds.
ENV ?= dev
STACK = $(shell node -p 'require("./cdk.json").context.project ?? "securebase"')-$(ENV)-redis
REGION = $(shell node -p '(({region}) => region ? "--region " + region : "")(require("./cdk.json").context.environments?.["$(ENV)"] ?? {})')
APP := bin/cdk-redis-cache
CDK := node_modules/.bin/cdk
# Debian's own, which has the libraries that e2e-setup installs.
PYTHON ?= /usr/bin/python3
VENV := examples/lambda-python/.venv
GUARD := policy/node_modules/.package-lock.json
EMULATOR := emulator/.venv/installed emulator/node_modules/.package-lock.json

# Node 20 is past its end of life, which jsii says at every start; newer ones are as good.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
export CDK_DISABLE_CLI_TELEMETRY := true

.PHONY: help synth policy example test examples-setup examples-test rotation-test e2e-setup e2e e2e-results deploy-test try bench lint diff guard upgrade-check deploy protect unprotect destroy clean

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

synth: $(CDK) ## Write the templates of all environments to cdk.out, without an AWS account
	@$(CDK) synth --quiet
	@go run ./internal/summary cdk.out

policy: synth $(GUARD) ## Check the templates of dev and prod with AWS Control Tower's rules
	@node policy/check.js

example: $(CDK) ## Synthesize the apps in examples, which import the construct
	@cd examples/consumer && $(CURDIR)/$(CDK) synth --quiet
	@cd examples/adopt && $(CURDIR)/$(CDK) synth --quiet -c import=true && $(CURDIR)/$(CDK) synth --quiet
	@ls examples/*/cdk.out/*.template.json

test: ## Run all Go tests of the construct, the stacks and the app
	go test ./...

examples-setup: ## Install what examples-test runs: servers (Debian 12 or newer, as root) and Python libraries
	./examples/setup.sh
	@$(MAKE) --no-print-directory $(VENV)/installed

examples-test: $(VENV)/installed ## Run the tests of the example functions
	cd examples/lambda-go && go test ./...
	cd examples/lambda-python && .venv/bin/python -m unittest -q

rotation-test: ## Run the tests of the rotation functions; needs Python 3.11 or newer, without packages
	cd constructs/rediscache/rotation && $(PYTHON) -B -m unittest -q

e2e-setup: ## Install the engines and Python libraries that e2e runs (Debian 12 or newer, as root)
	./e2e/setup.sh

e2e: synth ## Run the template's settings on real Redis and Valkey; writes e2e/out/RESULTS.md
	cd e2e && go test -count=1 -timeout 25m ./...

e2e-results: e2e ## Take the results of a run of e2e as those of the project
	cp e2e/out/RESULTS.md e2e/RESULTS.md

try: synth $(EMULATOR) ## Deploy ENV to an emulator of AWS on this machine, until Ctrl-C; needs Python 3.10 or newer
	@cd emulator && go build -o ../bin/try ./try && ../bin/try $(STACK)

deploy-test: synth $(EMULATOR) ## Create, update and delete stacks in the emulator; needs Python 3.10 or newer
	cd emulator && go test -count=1 -timeout 20m

bench: $(CDK) ## Measure synth, build and tests; writes bench/RESULTS.md
	cd bench && go run .

# Modules of their own keep their dependencies out of what users of the construct get.
MODULES := . bench examples/adopt examples/consumer examples/lambda-go e2e emulator

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
	rm -rf bin cdk.out e2e/out node_modules policy/node_modules emulator/node_modules emulator/.venv examples/*/bin examples/*/cdk.out $(VENV)

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

$(GUARD): policy/package-lock.json
	@cd policy && npm ci --silent --no-audit --no-fund
	@touch $@
