// Package drills breaks what breaks in production while the example functions serve: both run in AWS's Runtime Interface Emulator,
// before real Redis and Valkey servers with the settings of the production template, or of one in cluster mode, and a real PostgreSQL
// with generated orders.
//
// `make e2e` runs them after the drills of the template, whose packages start the servers and the functions.
package drills
