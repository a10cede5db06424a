package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// difference is one place where the table and an engine disagree.
type difference struct{ Name, Kind, Detail string }

func (d difference) String() string { return d.Name + ": " + d.Kind + " (" + d.Detail + ")" }

// The kinds of difference, as the results page names them.
const (
	kindUnknown = "unknown to the engine"
	kindKnown   = "known to the engine, though taken for ElastiCache's own"
	kindDefault = "default"
	kindRefused = "allowed by the table, refused by the engine"
	kindWider   = "not allowed by the table, taken by the engine"
	kindReport  = "reported otherwise than set"
)

// knownDifferences have been looked at, each with the reason why it is expected. Any other difference
// fails the drill, and so does one of these that is gone.
type knownDifferences struct {
	Families []string
	Kind     string
	Reason   string
	Details  map[string][]string // by parameter
	// Varies marks what depends on the machine; it need not occur, and its details are not compared.
	Varies bool
}

var (
	redisAndValkey = []string{"redis7", "valkey8"}
	redisOnly      = []string{"redis7"}
	valkeyOnly     = []string{"valkey8"}
)

var allKnownDifferences = []knownDifferences{
	{
		Families: redisAndValkey, Kind: kindWider,
		Reason: "ElastiCache's range is narrower; the table follows ElastiCache",
		Details: map[string][]string{
			"active-defrag-cycle-max":       {"76"},
			"active-defrag-cycle-min":       {"76"},
			"active-defrag-ignore-bytes":    {"10485759", "104857601"},
			"active-defrag-max-scan-fields": {"1000001"},
			"active-defrag-threshold-lower": {"0", "101"},
			"active-defrag-threshold-upper": {"0", "101"},
			"client-query-buffer-limit":     {"1073741825"},
			"databases":                     {"1200001"},
			"hll-sparse-max-bytes":          {"0", "16001"},
			"lfu-log-factor":                {"0"},
			"proto-max-bulk-len":            {"536870913"},
			"repl-backlog-size":             {"16383"},
			"timeout":                       {"19"},
		},
	},
	{
		Families: redisAndValkey, Kind: kindDefault,
		Reason: "ElastiCache keeps the default of an older engine",
		Details: map[string][]string{
			"acl-pubsub-default":      {"table allchannels, engine resetchannels"},
			"active-defrag-cycle-max": {"table 75, engine 25"},
			"active-defrag-cycle-min": {"table 5, engine 1"},
			"maxmemory-samples":       {"table 3, engine 5"},
		},
	},
	{
		Families: redisAndValkey, Kind: kindDefault,
		Reason: "ElastiCache chooses its own default",
		Details: map[string][]string{
			"cluster-preferred-endpoint-type": {"table tls-dynamic, engine ip"},
			"cluster-require-full-coverage":   {"table no, engine yes"},
			"latency-tracking":                {"table no, engine yes"},
			"maxmemory-policy":                {"table volatile-lru, engine noeviction"},
		},
	},
	{
		Families: redisOnly, Kind: kindDefault,
		Reason:  "ElastiCache chooses its own default; Valkey 8 made it the engine's too",
		Details: map[string][]string{"replica-lazy-flush": {"table yes, engine no"}},
	},
	{
		Families: valkeyOnly, Kind: kindDefault,
		Reason:  "ElastiCache turns it on, so that Redis clients work unchanged",
		Details: map[string][]string{"extended-redis-compatibility": {"table yes, engine no"}},
	},
	{
		Families: redisAndValkey, Kind: kindRefused,
		Reason:  "a value of ElastiCache's own: the endpoint follows the connection's TLS",
		Details: map[string][]string{"cluster-preferred-endpoint-type": {"tls-dynamic"}},
	},
	{
		Families: redisAndValkey, Kind: kindRefused,
		Reason:  "Debian links its own jemalloc, which cannot defragment",
		Details: map[string][]string{"activedefrag": {"yes"}},
	},
	{
		Families: valkeyOnly, Kind: kindUnknown,
		Reason: "came with Valkey 8.1, Debian has 8.0",
		Details: map[string][]string{
			"commandlog-large-reply-max-len":   {"no such directive"},
			"commandlog-large-request-max-len": {"no such directive"},
			"commandlog-reply-larger-than":     {"no such directive"},
			"commandlog-request-larger-than":   {"no such directive"},
		},
	},
	{
		Families: valkeyOnly, Kind: kindUnknown,
		Reason: "belongs to the search module of ElastiCache for Valkey 8.2",
		Details: map[string][]string{
			"search-default-timeout-ms":     {"no such directive"},
			"search-enable-partial-results": {"no such directive"},
			"search-fanout-target-mode":     {"no such directive"},
		},
	},
	{
		Families: redisAndValkey, Kind: kindDefault, Varies: true,
		Reason:  "the engine sets it by the machine's open-file limit",
		Details: map[string][]string{"maxclients": nil},
	},
	{
		Families: redisAndValkey, Kind: kindRefused, Varies: true,
		Reason:  "the machine's open-file limit may be lower",
		Details: map[string][]string{"maxclients": nil},
	},
}

// judge splits what an engine showed into what nobody has looked at, and what was known and is gone.
func judge(family string, found []difference) (unexpected, gone []difference) {
	expected := map[difference]bool{}
	varies := map[difference]bool{}
	for _, known := range allKnownDifferences {
		if !slices.Contains(known.Families, family) {
			continue
		}
		for name, details := range known.Details {
			if known.Varies {
				varies[difference{name, known.Kind, ""}] = true
			}
			for _, detail := range details {
				expected[difference{name, known.Kind, detail}] = true
			}
		}
	}
	for _, d := range found {
		if !expected[d] && !varies[difference{d.Name, d.Kind, ""}] {
			unexpected = append(unexpected, d)
		}
		delete(expected, d)
	}
	for d := range expected {
		gone = append(gone, d)
	}
	return unexpected, gone
}

// describeDifferences is the section of the results page.
func describeDifferences() string {
	page := &strings.Builder{}
	fmt.Fprint(page, `
### Where the parameter table and the engines differ

The table describes ElastiCache. Any other difference fails drill 1.

| Difference | Parameters | Family | Why this is expected |
|---|---|---|---|
`)
	for _, known := range allKnownDifferences {
		var parameters []string
		for _, name := range engines.Keys(known.Details) {
			text := "`" + name + "`"
			if details := known.Details[name]; len(details) > 0 && known.Kind != kindUnknown {
				text += " (" + strings.Join(details, ", ") + ")"
			}
			parameters = append(parameters, text)
		}
		fmt.Fprintf(page, "| %s | %s | %s | %s |\n", known.Kind, strings.Join(parameters, ", "), strings.Join(known.Families, ", "), known.Reason)
	}
	for _, reason := range slices.Compact(slices.Sorted(maps.Values(deploy.AWSOnly))) {
		var names []string
		for _, name := range engines.Keys(deploy.AWSOnly) {
			if deploy.AWSOnly[name] == reason {
				names = append(names, "`"+name+"`")
			}
		}
		fmt.Fprintf(page, "| ElastiCache's own | %s | %s | %s |\n", strings.Join(names, ", "), strings.Join(redisAndValkey, ", "), reason)
	}
	return page.String()
}
