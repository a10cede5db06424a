package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pair writes two templates and returns the flags for them. In the next one, each text is replaced by the one after it.
func pair(t testing.TB, deployed string, replacements ...string) []string {
	t.Helper()
	folder := t.TempDir()
	before, after := filepath.Join(folder, "deployed.json"), filepath.Join(folder, "next.json")
	next := strings.NewReplacer(replacements...).Replace(deployed)
	require.NoError(t, os.WriteFile(before, []byte(deployed), 0o600))
	require.NoError(t, os.WriteFile(after, []byte(next), 0o600))
	return []string{"--old", before, "--new", after}
}

const group = `{"Resources": {
	"Group": {"Type": "AWS::ElastiCache::ReplicationGroup", "DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot", "Properties": {
		"Engine": "redis", "EngineVersion": "7.1", "Port": 6379, "CacheNodeType": "cache.r6g.large", "MultiAZEnabled": true,
			"CacheParameterGroupName": "default.redis7"}},
	"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/slow"}}}}`

func TestGuard(t *testing.T) {
	const port = `Group (AWS::ElastiCache::ReplicationGroup) Port: "6379" -> "6380": replaces the resource by an empty one; its data ` +
		`is only in the final snapshot. Keep "6379"; or create a second cache beside this one with SnapshotName, move the clients, then ` +
		`remove this one`
	const log = `Log (AWS::Logs::LogGroup) LogGroupName: "/slow" -> "/other": replaces the resource and loses its log events. Keep "/slow"`
	changed := []string{"6379", "6380", "/slow", "/other"}
	for _, test := range []struct {
		name         string
		replacements []string
		flags        []string
		want         outcome
	}{
		{"nothing is lost", []string{"7.1", "7.0"}, nil, outcome{0, "No loss.\n", ""}},
		{"something is lost", changed[:2], nil, outcome{1, port + "\n1 loss. To take it on purpose, use --allow with its logical id.\n", ""}},
		{"two things are lost", changed, nil, outcome{1, port + "\n" + log + "\n2 losses. To take one on purpose, use --allow with its " +
			"logical id.\n", ""}},
		{"one of two is taken on purpose", changed, []string{"--allow", "Group"},
			outcome{1, "allowed: " + port + "\n" + log + "\n1 loss. To take it on purpose, use --allow with its logical id.\n", ""}},
		{"both are taken on purpose", changed, []string{"--allow", "Group", "--allow", "Log"},
			outcome{0, "allowed: " + port + "\nallowed: " + log + "\nNo other loss.\n", ""}},
		{"both are taken on purpose, as one list", changed, []string{"--allow", "Group,Log"},
			outcome{0, "allowed: " + port + "\nallowed: " + log + "\nNo other loss.\n", ""}},
		{"a typing error in what is taken on purpose", changed, []string{"--allow", "Grup"},
			outcome{2, "", "rediscache guard: --allow Grup: neither template has a resource of this id; did you mean \"Group\"?\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := append([]string{"guard"}, pair(t, group, test.replacements...)...)
			assert.Equal(t, test.want, rediscache(append(args, test.flags...)...))
		})
	}
}

func TestGuardPrintsJson(t *testing.T) {
	var printed struct {
		Losses   int
		Findings []struct {
			LogicalId, Type, Loss, Property, Old, New, Effect, Remedy string
			Allowed                                                   bool
		}
	}
	got := rediscache(append([]string{"guard", "--json", "--allow", "Log"}, pair(t, group, "6379", "6380", "/slow", "</other>")...)...)
	assert.Equal(t, 1, got.status)
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &printed))
	assert.Equal(t, 1, printed.Losses)
	require.Len(t, printed.Findings, 2)
	assert.Equal(t, "Group replaced Port \"6379\" \"6380\"", strings.Join([]string{printed.Findings[0].LogicalId, printed.Findings[0].Loss,
		printed.Findings[0].Property, printed.Findings[0].Old, printed.Findings[0].New}, " "))
	assert.True(t, printed.Findings[1].Allowed)

	assert.Contains(t, got.stdout, `"new": "\"</other>\""`)

	got = rediscache(append([]string{"guard", "--json"}, pair(t, group)...)...)
	assert.Equal(t, outcome{0, "{\n  \"findings\": [],\n  \"losses\": 0\n}\n", ""}, got)
}

func TestUpgrade(t *testing.T) {
	got := rediscache(append([]string{"upgrade"}, pair(t, group, `"redis"`, `"valkey"`, "7.1", "8.0", "default.redis7",
		"default.valkey8")...)...)
	assert.Zero(t, got.status)
	assert.Contains(t, got.stdout, "Group: Engine \"redis\" -> \"valkey\", EngineVersion \"7.1\" -> \"8.0\", parameter group family "+
		"redis7 -> valkey8\n  does: ")
	got = rediscache(append([]string{"upgrade"}, pair(t, group, `"redis"`, `"valkey"`, "7.1", "8.0")...)...)
	assert.Equal(t, 1, got.status, "ElastiCache would refuse the parameter group")
	assert.Contains(t, got.stdout, "  refused: CacheParameterGroupName ")
	got = rediscache(append([]string{"upgrade"}, pair(t, group, "6379", "6380")...)...)
	assert.Equal(t, outcome{0, "No change of engine, node type or parameter group family.\n", ""}, got)
	got = rediscache(append([]string{"upgrade", "--json"}, pair(t, group)...)...)
	assert.Equal(t, outcome{0, "{\n  \"plans\": []\n}\n", ""}, got)
	got = rediscache(append([]string{"upgrade", "--json"}, pair(t, group, "7.1", "7.0")...)...)
	assert.Equal(t, 1, got.status, "there is no way back")
	assert.True(t, json.Valid([]byte(got.stdout)))
}

func TestTemplatesThatCannotBeRead(t *testing.T) {
	args := pair(t, group)
	yaml := filepath.Join(t.TempDir(), "x.yaml")
	require.NoError(t, os.WriteFile(yaml, []byte("Resources:\n  A:\n    Type: T\n"), 0o600))
	for _, command := range []string{"guard", "upgrade"} {
		got := rediscache(command, "--old", yaml, "--new", args[3])
		assert.Equal(t, 2, got.status)
		assert.Contains(t, got.stderr, "rediscache "+command+": "+yaml+": is YAML, which this tool does not read")
		got = rediscache(command, "--old", args[1], "--new", "missing.json")
		assert.Equal(t, outcome{2, "", "rediscache " + command + ": cannot read the template: open missing.json: no such file or " +
			"directory\n"}, got)
	}
}
