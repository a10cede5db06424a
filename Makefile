# The commands of the project; `make help` lists them. Needs Go and Node only.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# dev, prod, or an environment that cdk.json adds.
ENV ?= dev
STACK := securebase-$(ENV)-redis
APP := bin/cdk-redis-cache
CDK := node_modules/.bin/cdk
GUARD := policy/node_modules/.package-lock.json

# Node 20 is past its end of life, which jsii says at every start; newer ones are as good.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
export CDK_DISABLE_CLI_TELEMETRY := true

# What `make synth` says it made.
define SUMMARY
const fs = require("fs");
for (const file of fs.readdirSync("cdk.out").filter(name => name.endsWith(".template.json")).sort()) {
  const resources = Object.values(JSON.parse(fs.readFileSync("cdk.out/" + file)).Resources);
  const group = resources.find(resource => resource.Type === "AWS::ElastiCache::ReplicationGroup").Properties;
  console.log(`cdk.out/$${file}: $${resources.length} resources, $${group.Engine} $${group.EngineVersion} on $${group.NumCacheClusters} x $${group.CacheNodeType}`);
}
endef
export SUMMARY

.PHONY: help synth policy test lint diff deploy destroy example clean

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

synth: $(CDK) ## Write the templates of all environments to cdk.out, without an AWS account
	@$(CDK) synth --quiet
	@node -e "$$SUMMARY"

policy: synth $(GUARD) ## Check the templates of dev and prod with AWS Control Tower's rules
	@node policy/check.js

test: ## Run all Go tests
	go test ./...

lint: ## Check format and suspicious code
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "not gofmt-ed: $$unformatted"; exit 1; }
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

diff: $(CDK) ## Compare ENV with what is deployed
	$(CDK) diff $(STACK)

deploy: $(CDK) ## Deploy ENV
	$(CDK) deploy $(STACK)

destroy: $(CDK) ## Destroy ENV
	$(CDK) destroy $(STACK)

clean: ## Remove what was built
	rm -rf bin cdk.out node_modules policy/node_modules

$(CDK): package-lock.json
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(GUARD): policy/package-lock.json
	@cd policy && npm ci --silent --no-audit --no-fund
	@touch $@
