package e2e

import (
	"fmt"
	"sync"
	"testing"
)

// row is a line of the results page, in the page's order.
type row int

const (
	rowTemplateParameters row = iota
	rowTableRows
	rowTLSVersions
	rowTokens
	rowWrites
	rowEvictions
	rowHotKeys
	rowNoEviction
	rowZipf
	rowSlowLog
	rowGoConnections
	rowPythonConnections
	rowGoBroken
	rowPythonBroken
	rowGoSlowest
	rowPythonSlowest
	rowFailovers
	rowRecovery
	rowLoss
	rowFromDatabase
	rowGoRate
	rowPythonRate
	rowGoLatency
	rowPythonLatency
	rowGoConnect
	rowPythonConnect
	rowFunctionRotations
	rowRotationReads
	rowFunctionCuts
	rowStrangers
	rowAccess
	rowGoUsers
	rowPythonUsers
	rowLeastAccess
	rowLeastClusterAccess
	rowCount
)

// rows say what each line of the page shows, and which drill it belongs to.
var rows = [rowCount]struct{ drill, shows string }{
	rowTemplateParameters: {"1 Parameters", "Template parameters set and reported back"},
	rowTableRows:          {"1 Parameters", "Rows of the parameter table tried; values at and just beyond their limits"},
	rowTLSVersions:        {"2 Transport, AUTH", "Plaintext, TLS 1.1, no token, wrong token refused; spoken"},
	rowTokens:             {"2 Transport, AUTH", "Tokens by the secret's rules: made, accepted"},
	rowWrites:             {"3 Memory", "Writes of four times maxmemory: failed"},
	rowEvictions:          {"3 Memory", "Keys evicted meanwhile"},
	rowHotKeys:            {"3 Memory", "Hot keys that survived"},
	rowNoEviction:         {"3 Memory", "Control, noeviction: writes refused of twice maxmemory"},
	rowZipf:               {"3 Memory", "Hit rate of a Zipf load (in theory: LRU; random eviction; best possible)"},
	rowSlowLog:            {"4 Slow log", "Logged of a 20 ms command; a 2 ms command; 200 fast ones"},
	rowGoConnections:      {"5 Handlers", "Go: connections for 101 requests"},
	rowPythonConnections:  {"5 Handlers", "Python: connections for 101 requests"},
	rowGoBroken:           {"5 Handlers", "Go: ways to break the cache, answered rightly and logged"},
	rowPythonBroken:       {"5 Handlers", "Python: ways to break the cache, answered rightly and logged"},
	rowGoSlowest:          {"5 Handlers", "Go: slowest answer meanwhile"},
	rowPythonSlowest:      {"5 Handlers", "Python: slowest answer meanwhile"},
	rowFailovers:          {"6 Failover", "Primaries killed; requests meanwhile; failed or wrong"},
	rowRecovery:           {"6 Failover", "Kill to first cached answer: median; worst (goal 60 s)"},
	rowLoss:               {"6 Failover", "Acknowledged writes lost; age of the oldest: median; worst (goal 1 s)"},
	rowFromDatabase:       {"6 Failover", "Requests served by the database meanwhile: median; worst"},
	rowGoRate:             {"8 Load", "Go: hits a second / bare GETs a second"},
	rowPythonRate:         {"8 Load", "Python: hits a second / bare GETs a second"},
	rowGoLatency:          {"8 Load", "Go: a hit / a bare GET, p50; p99"},
	rowPythonLatency:      {"8 Load", "Python: a hit / a bare GET, p50; p99"},
	rowGoConnect:          {"8 Load", "Go: GET on a new connection / on a reused one, p50"},
	rowPythonConnect:      {"8 Load", "Python: GET on a new connection / on a reused one, p50"},
	rowFunctionRotations:  {"9 Rotation functions", "Rotations in a row; requests meanwhile, on connections of 100 ms; failed; from the database"},
	rowRotationReads:      {"9 Rotation functions", "Reads of the connection secret by both functions"},
	rowFunctionCuts:       {"9 Rotation functions", "Cut off at each API call and ended cleanly; logins meanwhile; refused"},
	rowStrangers:          {"10 IAM and users", "Ways in without a right login, refused"},
	rowAccess:             {"10 IAM and users", "Commands of users that are allowed or denied as their access strings say"},
	rowGoUsers:            {"10 IAM and users", "Go: users whose functions got what they may and no more"},
	rowPythonUsers:        {"10 IAM and users", "Python: users whose functions got what they may and no more"},
	rowLeastAccess:        {"10 IAM and users", "Least access string that both functions need"},
	rowLeastClusterAccess: {"10 IAM and users", "The same in cluster mode, with reads from replicas"},
}

// of picks the handler's row of a pair.
func (h Handler) of(goRow, pythonRow row) row {
	if h.Name == "Go" {
		return goRow
	}
	return pythonRow
}

// results are what the drills measured, by engine.
var results = struct {
	sync.Mutex
	cells map[string]*[rowCount]string
}{cells: map[string]*[rowCount]string{}}

// record notes one line of the page.
func record(t testing.TB, engine Engine, r row, format string, args ...any) {
	t.Helper()
	results.Lock()
	defer results.Unlock()
	cells := results.cells[engine.Name]
	if cells == nil {
		cells = new([rowCount]string)
		results.cells[engine.Name] = cells
	}
	cells[r] = fmt.Sprintf(format, args...)
	t.Logf("%s: %s", rows[r].shows, cells[r])
}

// missingResults are the lines that no drill has filled.
func missingResults() (missing []string) {
	for _, engine := range Engines {
		cells := results.cells[engine.Name]
		for r := range rowCount {
			if cells == nil || cells[r] == "" {
				missing = append(missing, engine.Name+": "+rows[r].shows)
			}
		}
	}
	return missing
}
