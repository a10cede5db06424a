// Package policy_test holds what protects a deployment: the stack policies, and the order of the targets in the Makefile.
package policy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
)

const root = ".."

// makeCommands are what make would run for the target. `go test` sees only what the test itself looks at, so that it does: the
// cached result of another Makefile would be wrong.
func makeCommands(t testing.TB, args ...string) []string {
	t.Helper()
	for _, file := range []string{"Makefile", "cdk.json"} {
		_, err := os.Stat(root + "/" + file)
		require.NoError(t, err)
	}
	output, err := exec.Command("make", append([]string{"-n", "-C", root}, args...)...).Output()
	require.NoError(t, err)
	return strings.Split(string(output), "\n")
}

func indexOf(lines []string, text string) int {
	return slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, text) })
}

// Make stops at the first command that fails, so the guard has to come before the deployment, and both have to see the same
// template.
func TestMakeDeployRunsGuardFirst(t *testing.T) {
	lines := makeCommands(t, "deploy", "ENV=prod", "ALLOW=One Two")
	synth, guard := indexOf(lines, "synth"), indexOf(lines, "bin/rediscache guard --stack securebase-prod-redis --allow One --allow Two")
	deploy := indexOf(lines, "deploy --app cdk.out securebase-prod-redis")
	assert.True(t, 0 <= synth && synth < guard && guard < deploy, "%d %d %d in %s", synth, guard, deploy, strings.Join(lines, "\n"))
	assert.NotContains(t, lines[guard], "||")
}

func TestMakeProtectSetsTheStackPolicy(t *testing.T) {
	for target, file := range map[string]string{"protect": "policy/stack-policy.json", "unprotect": "policy/stack-policy-open.json"} {
		lines := makeCommands(t, target, "ENV=prod")
		assert.GreaterOrEqual(t, indexOf(lines, "aws cloudformation set-stack-policy --stack-name securebase-prod-redis "+
			"--stack-policy-body file://"+file), 0, target)
		_, err := os.Stat(root + "/" + file)
		assert.NoError(t, err)
	}
}

type statement struct {
	Effect    string
	Principal string
	Action    any
	Resource  string
	Condition struct {
		StringEquals struct{ ResourceType []string }
	}
}

func stackPolicy(t testing.TB, file string) []statement {
	t.Helper()
	content, err := os.ReadFile(root + "/policy/" + file)
	require.NoError(t, err)
	var policy struct{ Statement []statement }
	require.NoError(t, json.Unmarshal(content, &policy))
	return policy.Statement
}

// A stack policy denies everything that it does not allow, so both files allow every update first.
func TestStackPolicies(t *testing.T) {
	policy := stackPolicy(t, "stack-policy.json")
	require.Len(t, policy, 2)
	assert.Equal(t, statement{Effect: "Allow", Principal: "*", Action: "Update:*", Resource: "*"}, policy[0])
	assert.Equal(t, "Deny", policy[1].Effect)
	assert.Equal(t, []any{"Update:Replace", "Update:Delete"}, policy[1].Action)
	assert.Equal(t, []string{replacement.ReplicationGroup, replacement.ServerlessCache, replacement.Key, replacement.Secret},
		policy[1].Condition.StringEquals.ResourceType)
	assert.Equal(t, policy[:1], stackPolicy(t, "stack-policy-open.json"))
}
