package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakeAws puts a program of the name aws on the PATH, which logs its arguments. It answers get-caller-identity with the
// account, and get-template with what body prints.
func fakeAws(t testing.TB, body string) (calls func() []string) {
	t.Helper()
	folder := t.TempDir()
	log := filepath.Join(folder, "calls")
	script := "#!/bin/sh\necho \"$*\" >> " + log + "\ncase $1 in\nsts) echo 123456789012;;\ncloudformation)\n" + body + "\n;;\nesac\n"
	require.NoError(t, os.WriteFile(filepath.Join(folder, "aws"), []byte(script), 0o700))
	t.Setenv("PATH", folder+":"+os.Getenv("PATH"))
	return func() []string {
		content, err := os.ReadFile(log)
		if os.IsNotExist(err) {
			return nil
		}
		require.NoError(t, err)
		return strings.Split(strings.TrimSpace(string(content)), "\n")
	}
}

// cloudAssembly is a folder as `cdk synth` writes it.
func cloudAssembly(t testing.TB, environment, next string) string {
	t.Helper()
	folder := t.TempDir()
	manifest := `{"version": "54.0.0", "artifacts": {
		"prod.assets": {"type": "cdk:asset-manifest"},
		"prod": {"type": "aws:cloudformation:stack", "environment": "` + environment + `",
			"properties": {"templateFile": "prod.template.json", "stackName": "securebase-prod"}},
		"dev": {"type": "aws:cloudformation:stack", "environment": "` + environment + `",
			"properties": {"templateFile": "dev.template.json"}}}}`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "manifest.json"), []byte(manifest), 0o600))
	for _, name := range []string{"prod", "dev"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name+".template.json"), []byte(next), 0o600))
	}
	return folder
}

const (
	agnostic = "aws://unknown-account/unknown-region"
	fixed    = "aws://123456789012/eu-central-1"
)

func answering(template string) string {
	return "cat <<'END'\n{\"TemplateBody\": " + template + ", \"StagesAvailable\": [\"Original\", \"Processed\"]}\nEND"
}

func TestGuardFetchesTheDeployedTemplate(t *testing.T) {
	calls := fakeAws(t, answering(group))
	folder := cloudAssembly(t, agnostic, strings.ReplaceAll(group, "6379", "6380"))
	got := rediscache("guard", "--stack", "prod", "--assembly", folder)
	assert.Equal(t, 1, got.status)
	assert.Contains(t, got.stdout, `Group (AWS::ElastiCache::ReplicationGroup) Port: "6379" -> "6380": `)
	got = rediscache("guard", "--stack", "prod", "--assembly", folder, "--allow", "Group")
	assert.Zero(t, got.status)
	got = rediscache("upgrade", "--stack", "dev", "--assembly", folder)
	assert.Equal(t, outcome{0, "No change of engine, node type or parameter group family.\n", ""}, got)
	assert.Equal(t, []string{
		"cloudformation get-template --stack-name securebase-prod --output json",
		"cloudformation get-template --stack-name securebase-prod --output json",
		"cloudformation get-template --stack-name dev --output json",
	}, calls())
}

// The region of the stack, and not that of the CLI: elsewhere no stack exists, and nothing seems to be lost.
func TestGuardLooksWhereTheStackIs(t *testing.T) {
	calls := fakeAws(t, answering(group))
	got := rediscache("guard", "--stack", "prod", "--assembly", cloudAssembly(t, fixed, group))
	assert.Equal(t, outcome{0, "No loss.\n", ""}, got)
	assert.Equal(t, []string{
		"sts get-caller-identity --query Account --output text --region eu-central-1",
		"cloudformation get-template --stack-name securebase-prod --output json --region eu-central-1",
	}, calls())

	got = rediscache("guard", "--stack", "prod", "--assembly", cloudAssembly(t, "aws://999999999999/eu-central-1", group))
	assert.Equal(t, outcome{2, "", "rediscache guard: the credentials of the AWS CLI are of account 123456789012, and the stack " +
		"securebase-prod is of account 999999999999; use a profile of that account, or --old with a file\n"}, got)
}

func TestAFirstDeploymentLosesNothing(t *testing.T) {
	fakeAws(t, "echo >&2; echo 'An error occurred (ValidationError) when calling the GetTemplate operation: Stack with id "+
		"securebase-prod does not exist' >&2; exit 254")
	folder := cloudAssembly(t, agnostic, group)
	assert.Equal(t, outcome{0, "No loss.\n", "There is no stack securebase-prod yet: a first deployment loses nothing.\n"},
		rediscache("guard", "--stack", "prod", "--assembly", folder))
	fakeAws(t, answering(`""`))
	assert.Equal(t, outcome{0, "No loss.\n", ""}, rediscache("guard", "--stack", "prod", "--assembly", folder), "a stack in review")
}

func TestWhatCannotBeFetchedIsNoFirstDeployment(t *testing.T) {
	folder := cloudAssembly(t, agnostic, group)
	for _, test := range []struct{ name, body, want string }{
		{"no permission", "echo 'An error occurred (AccessDenied) when calling the GetTemplate operation: no' >&2; exit 254",
			"aws cloudformation get-template --stack-name securebase-prod --output json: An error occurred (AccessDenied) when calling the " +
				"GetTemplate operation: no"},
		{"expired credentials", "echo 'The security token included in the request is expired' >&2; exit 255", "The security token " +
			"included in the request is expired"},
		{"a template in YAML", answering(`"Resources:\n  A: {}\n"`), "the deployed template of securebase-prod TemplateBody is YAML, " +
			"which this tool does not read"},
		{"nothing", "true", "the deployed template of securebase-prod is empty"},
	} {
		fakeAws(t, test.body)
		got := rediscache("guard", "--stack", "prod", "--assembly", folder)
		assert.Equal(t, 2, got.status, test.name)
		assert.Contains(t, got.stderr, test.want, test.name)
		assert.Empty(t, got.stdout, test.name)
	}
}

func TestStacksThatCannotBeFound(t *testing.T) {
	folder := cloudAssembly(t, agnostic, group)
	broken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(broken, "manifest.json"), []byte("{"), 0o600))
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"another id", []string{"--stack", "staging", "--assembly", folder}, "--stack: " + folder + ` has no stack "staging"`},
		{"an artifact that is no stack", []string{"--stack", "prod.assets", "--assembly", folder}, "has no stack"},
		{"no assembly", []string{"--stack", "prod", "--assembly", "missing"}, "cannot read the cloud assembly: open " +
			"missing/manifest.json: no such file or directory; run `cdk synth` first"},
		{"a broken assembly", []string{"--stack", "prod", "--assembly", broken}, "is not a cloud assembly"},
		{"a stack and a file", []string{"--stack", "prod", "--old", "x"}, "--stack stands for --old and --new; leave out one or the other"},
	} {
		got := rediscache(append([]string{"guard"}, test.args...)...)
		assert.Equal(t, 2, got.status, test.name)
		assert.Contains(t, got.stderr, test.want, test.name)
	}
	t.Setenv("PATH", t.TempDir())
	assert.Contains(t, rediscache("guard", "--stack", "prod", "--assembly", folder).stderr, "--stack needs the AWS CLI, which is not "+
		"on the PATH")
}
