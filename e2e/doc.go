// Package e2e takes the synthesized production template and proves it on real servers: Redis and Valkey run with the template's
// settings, and each drill breaks something that breaks in production. The drills of the example functions are in examples/drills;
// the packages here start the servers and functions of both.
//
// `make e2e` runs all drills on both engines and leaves their results in out, which git ignores; `make e2e-results` makes RESULTS.md
// of them, where what is simulated is listed. Nothing is skipped: a missing engine, template or library fails the run with the command
// that installs it.
package e2e
