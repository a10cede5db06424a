#!/usr/bin/env node
// Holds the templates of dev and prod, and the golden ones of the other kinds of caches, against AWS Control Tower's
// proactive controls for CloudFormation, with the cfn-guard and the rules that npm has pinned here. Fails for a rule that a template
// breaks, unless exceptions.json says why it does not hold there, and for an exception that no template needs any more.
//
//   node policy/check.js [directory of templates, default cdk.out]
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { spawnSync } = require("node:child_process");

const { project } = require("../cdk.json").context;

// Rules that have to find something in each template; where one has nothing to say, nothing was checked. There is none about a
// serverless cache itself, only about what is around it.
const aboutNodes = ["CT.ELASTICACHE.PR.3", "CT.ELASTICACHE.PR.4", "CT.ELASTICACHE.PR.5", "CT.ELASTICACHE.PR.8"];
const aboutSurroundings = ["CT.CLOUDWATCH.PR.3", "CT.KMS.PR.1"];
const rulesThatSpeak = { dev: aboutNodes, prod: aboutNodes, sharded: aboutNodes, serverless: aboutSurroundings };
const environments = Object.keys(rulesThatSpeak);
// cdk.json has no environment of these kinds. That their golden templates are what the app synthesizes, a test ensures.
const goldenDirectory = path.relative("", path.join(__dirname, "../testdata"));
const golden = ["sharded", "serverless"];

const home = path.join(__dirname, "node_modules/@cdklabs/cdk-validator-cfnguard");
const rulesDirectory = path.join(home, "rules/control-tower/cfn-guard");

// cfn-guard's exit statuses: no rule failed, a rule failed. Anything else is a mistake in a rule, a template or a call.
const PASSED = 0;
const FAILED = 19;

function main(directory) {
  const rules = readRules();
  const exceptions = readExceptions(rules);
  let problems = 0;
  for (const environment of environments) {
    const isGolden = golden.includes(environment);
    const template = path.join(isGolden ? goldenDirectory : directory,
      `${isGolden ? "securebase" : project}-${environment}-redis.template.json`);
    const result = validate(template);
    const excepted = new Map(exceptions.filter(e => e.environments.includes(environment)).map(e => [e.rule, e.reason]));
    const failed = new Map(result.not_compliant.map(({ Rule }) => [rules.idOf.get(Rule.name), explain(Rule)]));
    const passed = result.compliant.map(name => rules.idOf.get(name));
    const silent = rulesThatSpeak[environment].filter(id => !failed.has(id) && !passed.includes(id));
    if (silent.length > 0) {
      throw new Error(`${template}: ${silent.join(", ")} found nothing to check`);
    }

    const expected = [...excepted.keys()].filter(id => failed.has(id));
    const unexpected = [...failed.keys()].filter(id => !excepted.has(id));
    const stale = [...excepted.keys()].filter(id => !failed.has(id));
    problems += unexpected.length + stale.length;

    console.log(`${template}: ${passed.length} rules hold, ${expected.length} do not and are excepted, ` +
      `${unexpected.length} fail; ${result.not_applicable.length} are about other resources or older engines`);
    print("holds", passed, id => rules.titleOf.get(id));
    print("excepted", expected, id => excepted.get(id));
    print("FAILS", unexpected, id => failed.get(id));
    print("STALE", stale, () => "is in policy/exceptions.json, and the template does not break it; remove the exception");
  }
  if (problems > 0) {
    console.error(`make policy: ${problems} ${problems === 1 ? "problem" : "problems"}, see above`);
  }
  return problems > 0 ? 1 : 0;
}

// readRules finds Control Tower's id by the name that cfn-guard reports, and the title by the id; all are in the rule's file.
function readRules() {
  const idOf = new Map();
  const titleOf = new Map();
  const files = fs.readdirSync(rulesDirectory, { recursive: true }).filter(file => file.endsWith(".guard"));
  for (const file of files) {
    const text = fs.readFileSync(path.join(rulesDirectory, file), "utf8");
    const name = /^rule (\S+) when/m.exec(text);
    const message = /\[(CT\.[^\]]+)\]:? *(.+)/.exec(text);
    if (!name || !message) {
      throw new Error(`${file}: no rule with a Control Tower id in it`);
    }
    idOf.set(name[1], message[1]);
    titleOf.set(message[1], message[2].trim());
  }
  return { idOf, titleOf };
}

function readExceptions(rules) {
  const exceptions = JSON.parse(fs.readFileSync(path.join(__dirname, "exceptions.json"), "utf8"));
  for (const { rule, environments: named, reason } of exceptions) {
    if (!rules.titleOf.has(rule) || !reason || named.length === 0 || !named.every(name => environments.includes(name))) {
      throw new Error(`exceptions.json: ${rule} needs a rule that there is, environments out of ${environments}, and a reason`);
    }
  }
  return exceptions;
}

function validate(template) {
  if (!fs.existsSync(template)) {
    throw new Error(`${template} does not exist; make synth writes it`);
  }
  const run = spawnSync(guard(), ["validate", "--rules", rulesDirectory, "--data", template,
    "--structured", "--output-format", "json", "--show-summary", "none"], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.error || (run.status !== PASSED && run.status !== FAILED)) {
    throw new Error(`cfn-guard on ${template}: ${run.error ?? `status ${run.status}\n${run.stderr}`}`);
  }
  return JSON.parse(run.stdout)[0];
}

// guard is the binary for this machine.
function guard() {
  const system = { linux: "ubuntu", darwin: "macos" }[process.platform];
  const architecture = { x64: "x86_64", arm64: "aarch64" }[process.arch];
  const binary = path.join(home, "bin", `${system}`, `${architecture}`, "cfn-guard");
  if (!fs.existsSync(binary)) {
    throw new Error(`no cfn-guard for ${process.platform} on ${process.arch} in ${home}/bin`);
  }
  return binary;
}

// explain is what a rule says of itself and how to fix it, and each place of the template that breaks it.
function explain(rule) {
  const lines = new Set();
  (function visit(node) {
    if (node === null || typeof node !== "object") {
      return;
    }
    const message = node.messages?.custom_message;
    if (message?.includes("[FIX]")) {
      lines.add(message.replace(/\s+/g, " ").replace(/^ *\[CT\.[^\]]+\]:? */, "").trim());
    }
    const place = node.path ?? node.traversed_to?.path;
    if (place?.startsWith?.("/Resources/")) {
      lines.add(`at ${place}`);
    }
    Object.values(node).forEach(visit);
  })(rule);
  return [...lines].join("\n".padEnd(indent));
}

const indent = "\n  excepted  CT.ELASTICACHE.PR.0  ".length;

function print(verdict, ids, describe) {
  for (const id of [...ids].sort((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    console.log(`  ${verdict.padEnd(9)} ${id.padEnd(20)} ${describe(id)}`);
  }
}

try {
  process.exitCode = main(process.argv[2] ?? "cdk.out");
} catch (error) {
  console.error(`make policy: ${error.message}`);
  process.exitCode = 1;
}
