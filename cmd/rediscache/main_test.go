package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the files that adopt prints")

// outcome is what a command leaves behind.
type outcome struct {
	status         int
	stdout, stderr string
}

func rediscache(args ...string) outcome {
	var stdout, stderr bytes.Buffer
	status := run(args, &stdout, &stderr)
	return outcome{status, stdout.String(), stderr.String()}
}

// The tool has to build in seconds and to run without Node: so does every package that it imports.
func TestTheToolImportsNoCdkPackage(t *testing.T) {
	output, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	own := 0
	for _, path := range strings.Fields(string(output)) {
		first, _, _ := strings.Cut(path, "/")
		isStandard := !strings.Contains(first, ".")
		isOwn := strings.HasPrefix(path, "github.com/securebase/cdk-redis-cache/")
		assert.True(t, isStandard || isOwn, "%s is neither of the standard library nor of this module", path)
		assert.NotContains(t, path, "/constructs/", "a construct imports CDK")
		if isOwn {
			own++
		}
	}
	assert.Greater(t, own, 5)
}

func TestCommandsThatDoNotExist(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []string
		status int
		stderr string
	}{
		{"no command", nil, 2, "usage: rediscache <command> [flags]"},
		{"a typing error", []string{"guards"}, 2, `rediscache: "guards" is not a command; did you mean "guard"?`},
		{"no flags", []string{"guard"}, 2, "rediscache guard: --old is missing; it is the `file` with the deployed template"},
		{"one flag of two", []string{"upgrade", "--old", "x"}, 2, "rediscache upgrade: --new is missing"},
		{"an unknown flag", []string{"adopt", "--group", "x"}, 2, "rediscache adopt: flag provided but not defined: -group"},
		{"an argument", []string{"guard", "--old", "x", "--new", "y", "z"}, 2, `rediscache guard: "z" is not a flag; this command takes ` +
			`flags only`},
		{"no replication group", []string{"adopt"}, 2, "rediscache adopt: --replication-group is missing"},
	} {
		got := rediscache(test.args...)
		assert.Equal(t, test.status, got.status, test.name)
		assert.Contains(t, got.stderr, test.stderr, test.name)
		assert.Empty(t, got.stdout, test.name)
	}
}

func TestHelpIsNoMistake(t *testing.T) {
	assert.Equal(t, outcome{0, usage, ""}, rediscache("--help"))
	for command := range commands {
		got := rediscache(command, "--help")
		assert.Zero(t, got.status, command)
		assert.Contains(t, got.stderr, "Usage of "+command, command)
	}
}

const adoptFolder = "testdata/adopt"

// adoptArgs are the flags for a recorded replication group.
func adoptArgs(name string, more ...string) []string {
	args := []string{"adopt"}
	for flag, file := range map[string]string{
		"--replication-group": "replication-groups", "--cache-clusters": "cache-clusters", "--subnet-groups": "subnet-groups",
		"--parameter-groups": "parameter-groups", "--parameters": "parameters", "--tags": "tags", "--user-groups": "user-groups",
	} {
		path := filepath.Join(adoptFolder, name, file+".json")
		if _, err := os.Stat(path); err == nil {
			args = append(args, flag, path)
		}
	}
	if name == "orders" {
		args = append(args, "--token-secret", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders/redis-AbCdEf",
			"--token-key", "auth_token")
	}
	return append(args, more...)
}

// The printed props are packages of their own, which adopttest compiles and synthesizes, and a file of the example.
func TestAdoptPrintsGo(t *testing.T) {
	for path, args := range map[string][]string{
		"adopttest/orders/adopted.go":       adoptArgs("orders", "--package", "orders", "--part", "go"),
		"adopttest/sessions/adopted.go":     adoptArgs("sessions", "--package", "sessions", "--part", "go"),
		"adopttest/catalog/adopted.go":      adoptArgs("catalog", "--package", "catalog", "--part", "go"),
		"../../examples/adopt/adopted.go":   adoptArgs("orders", "--part", "go"),
		"../../examples/adopt/mapping.json": adoptArgs("orders", "--part", "mapping"),
		"adopttest/sessions/cdk.json":       adoptArgs("sessions", "--part", "cdk.json"),
	} {
		got := rediscache(args...)
		require.Zero(t, got.status, path)
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got.stdout), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err, "go test ./cmd/rediscache -update writes it")
		assert.Equal(t, string(want), got.stdout, path)
	}
}

func TestAdoptPrintsEverythingWithoutAPart(t *testing.T) {
	got := rediscache(adoptArgs("sessions")...)
	assert.Zero(t, got.status)
	for _, want := range []string{
		"=== Go props\npackage main\n", "=== cdk.json, for the deployment after the import\n{\n", "=== mapping for `cdk import " +
			"--resource-mapping`\n{\n",
		"=== what cannot be taken over, and what changes later\nlater: CacheParameterGroupName: ",
	} {
		assert.Contains(t, got.stdout, want)
	}
	got = rediscache(adoptArgs("legacy")...)
	assert.Equal(t, 1, got.status, "something cannot be taken over")
	assert.Contains(t, got.stdout, "\ncannot: AtRestEncryptionEnabled: false")
	assert.NotContains(t, got.stdout, "=== cdk.json")
	got = rediscache(adoptArgs("sessions", "--part", "yaml")...)
	assert.Equal(t, outcome{2, "", "rediscache adopt: --part: \"yaml\" is not a part; use go, cdk.json, mapping or list\n"}, got)
}

func TestAdoptPrintsJson(t *testing.T) {
	var result struct {
		ReplicationGroupId, Go, CdkJson, Mapping string
		Cannot, Unknown, Later, Environment      []string
	}
	got := rediscache(adoptArgs("legacy", "--json")...)
	assert.Equal(t, 1, got.status)
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &result))
	assert.Equal(t, "legacy", result.ReplicationGroupId)
	assert.Len(t, result.Cannot, 11)
	assert.Contains(t, result.Go, "func AdoptedProps")
}
