// Package e2e takes the synthesized production template and proves it on real servers: Redis and Valkey run with the
// template's settings, the example Lambda handlers run against them, and each drill breaks something that breaks in
// production.
//
// `go test ./...` runs all drills on both engines and writes out/RESULTS.md, which git ignores. Nothing is skipped: a missing engine, template
// or Python library fails the run with the command that installs it.
//
// The engines are Debian's builds. ElastiCache runs builds of its own, with its own failover; what is proven here is
// the template's settings and the clients' behaviour, not AWS's service.
package e2e
