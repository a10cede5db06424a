package stacks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// acknowledgedTable has a row for each reason.
func acknowledgedTable(results map[string]policyResult) string {
	type row struct{ resources, environments, rules map[string]bool }
	rows := map[string]row{}
	var counts []string
	for _, environment := range slices.Sorted(maps.Keys(results)) {
		acknowledged := results[environment].acknowledged
		counts = append(counts, fmt.Sprintf("%d in %s", len(acknowledged), environment))
		for finding, reason := range acknowledged {
			if rows[reason].rules == nil {
				rows[reason] = row{map[string]bool{}, map[string]bool{}, map[string]bool{}}
			}
			rows[reason].resources["`"+finding.Resource+"`"] = true
			rows[reason].environments[environment] = true
			rows[reason].rules[finding.Rule] = true
		}
	}
	listed := func(set map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(set)), ", ") }
	var lines []string
	for reason, row := range rows {
		lines = append(lines, fmt.Sprintf("| %s | %s | %s | %s |",
			listed(row.resources), listed(row.environments), rulesByName(row.rules), reason))
	}
	slices.Sort(lines)
	last := len(counts) - 1
	return "cdk-nag's packs " + strings.Join(policyPacks, ", ") + " report these findings:\n" +
		strings.Join(counts[:last], ", ") + " and " + counts[last] + ":\n\n" +
		"| Resource | Environment | Rules | Why |\n|---|---|---|---|\n" + strings.Join(lines, "\n") + "\n"
}

// rulesByName says a rule once that several packs have.
func rulesByName(rules map[string]bool) string {
	packs := map[string][]string{}
	for _, rule := range slices.Sorted(maps.Keys(rules)) {
		pack, name, _ := strings.Cut(rule, "-")
		packs[name] = append(packs[name], pack)
	}
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(packs)) {
		texts = append(texts, name+" ("+strings.Join(packs[name], ", ")+")")
	}
	return strings.Join(texts, ", ")
}

// controlTowerTable is what `make policy` excepts; that each exception is needed, it checks itself.
func controlTowerTable(t *testing.T) string {
	var exceptions []struct {
		Rule, Reason string
		Environments []string
	}
	readJson(t, "../policy/exceptions.json", &exceptions)
	table := "AWS Control Tower's proactive controls for the resource types of these stacks have these exceptions.\n" +
		"None concerns the serverless cache itself:\n\n" +
		"| Rule | Environment | Why |\n|---|---|---|\n"
	for _, e := range exceptions {
		table += fmt.Sprintf("| %s | %s | %s |\n", e.Rule, strings.Join(e.Environments, ", "), e.Reason)
	}
	return table
}

// checkGenerated compares a part of a file, between the lines <!-- name:begin --> and <!-- name:end -->, or rewrites it.
func checkGenerated(t *testing.T, file, name, want string) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
	before, rest, hasBegin := strings.Cut(string(text), begin)
	got, after, hasEnd := strings.Cut(rest, end)
	require.True(t, hasBegin && hasEnd, "%s has no lines %sand %s", file, begin, end)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+begin+want+end+after), 0o644))
		return
	}
	assert.Equal(t, want, got, "%s is not up to date: go test ./stacks -run Policy -update", file)
}

func readJson(t *testing.T, file string, into any) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into), file)
}
