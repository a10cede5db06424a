package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/jsiiclose"
	_ "github.com/securebase/cdk-redis-cache/internal/testenv"
)

var update = flag.Bool("update", false, "rewrite the golden templates in testdata")

// appVariable has the test binary, started by itself, be the app.
const appVariable = "CDK_REDIS_CACHE_TEST_APP"

func TestMain(m *testing.M) {
	if os.Getenv(appVariable) != "" {
		main()
	}
	status := m.Run()
	jsiiclose.Close()
	os.Exit(status)
}

// cdkJson is cdk.json's context, with other environments.
func cdkJson(t *testing.T, environments map[string]any) map[string]any {
	t.Helper()
	text, err := os.ReadFile("cdk.json")
	require.NoError(t, err)
	var parsed struct{ Context map[string]any }
	require.NoError(t, json.Unmarshal(text, &parsed))
	if environments != nil {
		parsed.Context["environments"] = environments
	}
	return parsed.Context
}

// synthesize is the app in this process, with the context of cdk.json: the templates by stack name.
func synthesize(t *testing.T, environments map[string]any) map[string]map[string]any {
	t.Helper()
	context := cdkJson(t, environments)
	app := awscdk.NewApp(&awscdk.AppProps{Context: &context, Outdir: jsii.String(t.TempDir()), AnalyticsReporting: jsii.Bool(false)})
	addStacks(app)
	templates := map[string]map[string]any{}
	for _, stack := range *app.Synth(nil).Stacks() {
		templates[*stack.StackName()] = stack.Template().(map[string]any)
	}
	return templates
}

// environmentsOfOtherKinds are beside dev and prod of cdk.json, so that each kind of cache has a golden template.
var environmentsOfOtherKinds = map[string]any{
	"sharded": map[string]any{"basedOn": "prod", "clusterMode": map[string]any{"numNodeGroups": 3.0, "replicasPerNodeGroup": 2.0}},
	"serverless": map[string]any{
		"kind": "serverless", "basedOn": "prod", "alarmEmail": "oncall@example.com",
		"cacheUsageLimits": map[string]any{"dataStorage": map[string]any{"maximum": 5.0}, "ecpuPerSecond": map[string]any{"maximum": 10000.0}},
	},
}

// A reviewer sees in these files what a change does to production; `go test . -update` writes them.
func TestTemplatesAreTheGoldenOnes(t *testing.T) {
	templates := synthesize(t, nil)
	require.Len(t, templates, 2)
	maps.Copy(templates, synthesize(t, environmentsOfOtherKinds))
	require.Len(t, templates, 2+len(environmentsOfOtherKinds))
	for _, name := range slices.Sorted(maps.Keys(templates)) {
		t.Run(name, func(t *testing.T) {
			var text bytes.Buffer
			encoder := json.NewEncoder(&text)
			encoder.SetEscapeHTML(false)
			encoder.SetIndent("", "  ")
			require.NoError(t, encoder.Encode(templates[name]))
			file := filepath.Join("testdata", name+".template.json")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(file, text.Bytes(), 0o644))
			}
			golden, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(golden), text.String(), "go test . -update writes the new template, for you to look at")
		})
	}
}

func TestAnEnvironmentIsAStack(t *testing.T) {
	templates := synthesize(t, map[string]any{"staging": map[string]any{"basedOn": "prod", "nodeType": "cache.r7g.large"}})
	require.Len(t, templates, 1, "an environment that is not listed is not made")
	for _, resource := range templates["securebase-staging-redis"]["Resources"].(map[string]any) {
		if r := resource.(map[string]any); r["Type"] == "AWS::ElastiCache::ReplicationGroup" {
			properties := r["Properties"].(map[string]any)
			assert.Equal(t, "securebase-staging-redis", properties["ReplicationGroupId"])
			assert.Equal(t, "cache.r7g.large", properties["CacheNodeType"])
		}
	}
}

// The stack's limit is 500 resources: with 24 to a cache, 20 fit.
func TestAProdCacheHasAtMost25Resources(t *testing.T) {
	golden, err := os.ReadFile("testdata/securebase-prod-redis.template.json")
	require.NoError(t, err)
	var prod struct{ Resources map[string]any }
	require.NoError(t, json.Unmarshal(golden, &prod))
	count := 0
	for id := range prod.Resources {
		if strings.HasPrefix(id, "Cache") && !strings.HasPrefix(id, "CacheDashboard") {
			count++
		}
	}
	assert.LessOrEqual(t, count, 25)
	assert.Greater(t, count, 15, "the count finds the cache's resources")
}

// runApp runs the app as the CDK CLI does, and returns what it wrote to standard error and its exit status.
func runApp(t *testing.T, context any) (stderr string, status int) {
	t.Helper()
	text, err := json.Marshal(context)
	require.NoError(t, err)
	command := exec.Command(os.Args[0])
	command.Dir = t.TempDir()
	command.Env = append(os.Environ(), "CDK_CONTEXT_JSON="+string(text), "CDK_OUTDIR="+t.TempDir(), appVariable+"=1")
	var out bytes.Buffer
	command.Stderr = &out
	_ = command.Run() // the status says it
	return out.String(), command.ProcessState.ExitCode()
}

// mistakesOf are what the app says of a context, in this process.
func mistakesOf(t *testing.T, context map[string]any) (text string) {
	t.Helper()
	defer func() {
		err, is := recover().(error)
		require.True(t, is, "the app accepts the context")
		text = err.Error() + "\n"
	}()
	addStacks(awscdk.NewApp(&awscdk.AppProps{Context: &context, AnalyticsReporting: jsii.Bool(false)}))
	return ""
}

func TestTheAppSaysWhatIsWrong(t *testing.T) {
	environments := func(prod map[string]any) map[string]any {
		return map[string]any{"environments": map[string]any{"prod": prod}}
	}
	t.Run("three mistakes are three lines and nothing else", func(t *testing.T) {
		stderr, status := runApp(t, environments(map[string]any{
			"nodeType": "r7g.large", "snapshotWindow": "03:00-05:30", "numCacheNodes": 7,
		}))
		assert.Equal(t, `RedisCache [securebase-prod-redis/Cache]: 3 invalid properties:
  - NodeType: "r7g.large" is not an ElastiCache node type; did you mean "cache.r7g.large"?
  - NumCacheNodes: 7 is not a whole number from 1 to 6
  - SnapshotWindow: "03:00-05:30" overlaps MaintenanceWindow "sun:05:00-sun:07:00"; ElastiCache refuses that even with snapshots off
`, stderr)
		assert.Equal(t, 1, status)
	})
	t.Run("the sample in the README is what is printed", func(t *testing.T) {
		readme, err := os.ReadFile("README.md")
		require.NoError(t, err)
		_, sample, found := strings.Cut(string(readme), "```text\n")
		require.True(t, found)
		sample, _, _ = strings.Cut(sample, "```")
		assert.Equal(t, sample, mistakesOf(t, environments(map[string]any{
			"nodeType": "r7g.large", "snapshotWindow": "03:00-05:30", "parameters": map[string]any{"maxmemory-polcy": "allkeys-lru"},
		})))
	})
	t.Run("mistakes of the context and of the construct, in all environments, are told at once", func(t *testing.T) {
		assert.Equal(t, `RedisCache [context]: 1 invalid property:
  - environment: is not a key of this app; did you mean "environments"?
RedisCache [environments.dev]: 2 invalid properties:
  - nodetype: is not a key of an environment; did you mean "nodeType"?
  - parameters["timeout"]: 300 is not a string; write "300"
RedisCache [securebase-dev-redis/Cache]: 1 invalid property:
  - Port: 80 is not a whole number from 1150 to 65535
RedisCache [securebase-prod-redis/Cache]: 1 invalid property:
  - NodeType: "cache.t3.mikro" is not an ElastiCache node type; did you mean "cache.t3.micro"?
RedisCache [environments.qa]: 3 invalid properties:
  - vpcId: "vpc-1" is not a VPC id, such as "vpc-0123456789abcdef0"
  - vpcId: requires subnetIds as well; set both or neither
  - vpcId: requires availabilityZones as well; set both or neither
RedisCache [securebase-qa-redis/Cache]: 1 invalid property:
  - Engine: "valkey 8" is not a version; use 7.2, 8.0, 8.1, 8.2, 9.0 or 9.1
`, mistakesOf(t, map[string]any{"environment": map[string]any{}, "environments": map[string]any{
			"dev":  map[string]any{"nodetype": "x", "parameters": map[string]any{"timeout": 300.0}, "port": 80.0},
			"prod": map[string]any{"nodeType": "cache.t3.mikro"},
			"qa":   map[string]any{"vpcId": "vpc-1", "engine": "valkey", "engineVersion": "8"},
		}}))
	})
	t.Run("without a mistake it says nothing", func(t *testing.T) {
		stderr, status := runApp(t, nil)
		assert.Empty(t, stderr)
		assert.Equal(t, 0, status)
	})
}
