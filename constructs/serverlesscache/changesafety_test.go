package serverlesscache_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/guard"
	guarded "github.com/securebase/cdk-redis-cache/internal/template"
)

// deployed is a template as the operator's guard reads it.
func deployed(t testing.TB, stack awscdk.Stack) *guarded.Template {
	t.Helper()
	text, err := json.Marshal(*assertions.Template_FromStack(stack, nil).ToJSON())
	require.NoError(t, err)
	parsed, err := guarded.Parse(text)
	require.NoError(t, err)
	return parsed
}

// What a change of a property does to a cache that is deployed, as the operator's guard finds it.
func TestAChangeOfAPropertyDoesThis(t *testing.T) {
	templateOf := func(change func(f fixture, p *props)) *guarded.Template {
		f := newFixture()
		f.cache(func(p *props) {
			named(p)
			if change != nil {
				change(f, p)
			}
		})
		return deployed(t, f.stack)
	}
	before := templateOf(nil)
	for _, test := range []struct {
		name   string
		change func(f fixture, p *props)
		want   []string
	}{
		{"the same again", nil, nil},
		{"another cache name", func(_ fixture, p *props) { p.ServerlessCacheName = jsii.String("other") },
			[]string{"Cache replaced: ServerlessCacheName"}},
		{"another name", func(_ fixture, p *props) { p.Name = jsii.String("other") }, []string{
			"CacheDefaultUser replaced: UserId", "Cache replaced: ServerlessCacheName", "Cache login changed: UserGroupId",
			"CacheUser replaced: UserId", "CacheUser replaced: UserName", "CacheUserGroup replaced: UserGroupId", "CacheUserGroup login changed: UserIds",
		}},
		{"a key", func(f fixture, p *props) { p.EncryptionKey = awskms.NewKey(f.stack, jsii.String("Key"), nil) },
			[]string{"Cache replaced: KmsKeyId"}},
		{"fewer subnets", func(f fixture, p *props) {
			first := (*f.vpc.IsolatedSubnets())[:1]
			p.VpcSubnets = selectionOf(first)
		}, []string{"Cache replaced: SubnetIds"}},
		{"a snapshot", func(_ fixture, p *props) { p.SnapshotArnsToRestore = jsii.Strings("arn:aws:s3:::bucket/a.rdb") },
			[]string{"Cache replaced: SnapshotArnsToRestore"}},
		{"no login", func(_ fixture, p *props) { p.Authentication = serverlesscache.Authentication_None() },
			[]string{"Cache login changed: UserGroupId"}}, // the users stay, outside the stack
		{"no snapshots", func(_ fixture, p *props) { p.SnapshotRetentionLimit = jsii.Number(0) },
			[]string{"Cache snapshots off: SnapshotRetentionLimit"}},
		{"no protection", func(_ fixture, p *props) { p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY },
			[]string{"Cache unprotected: DeletionPolicy", "Cache unprotected: UpdateReplacePolicy"}},
		{"another engine version", func(_ fixture, p *props) { p.MajorEngineVersion = jsii.String("9") }, nil},
		{"another description", func(_ fixture, p *props) { p.Description = jsii.String("Other") }, nil},
		{"no limits", func(_ fixture, p *props) { p.CacheUsageLimits = nil }, nil},
		{"another time of snapshots", func(_ fixture, p *props) { p.DailySnapshotTime = jsii.String("04:00") }, nil},
		{"tags", func(_ fixture, p *props) { p.Tags = &map[string]*string{"a": jsii.String("b")} }, nil},
		{"another access string", func(_ fixture, p *props) {
			p.Authentication = serverlesscache.Authentication_Iam(&rediscache.IamOptions{AccessString: jsii.String("on ~* +@read")})
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range guard.Compare(before, templateOf(test.change)) {
				id := regexp.MustCompile(`[0-9A-F]{8}$`).ReplaceAllString(f.LogicalID, "")
				if f.Type != cacheType && !strings.Contains(test.name, "another name") {
					continue // users and their group stand and fall with the cache
				}
				got = append(got, fmt.Sprintf("%s %s: %s", id, f.Loss, f.Property))
			}
			assert.ElementsMatch(t, test.want, got)
		})
	}
}

// CDK's validator is switched by the environment that the kernel is started with, and a kernel prints its requests when it
// is told so at its start, so both take a process of their own.
const childProcess = "SERVERLESSCACHE_TEST_CHILD"

func runChild(t *testing.T, kind string, environment ...string) (output string, err error) {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	command.Env = append(append(os.Environ(), childProcess+"="+kind), environment...)
	var both bytes.Buffer
	command.Stdout, command.Stderr = &both, &both
	err = command.Run()
	return both.String(), err
}

// Both caches in one process, because the validator takes seconds to start.
func TestTheValidatorFindsNothing(t *testing.T) {
	const synthesized, report = "the valid cache is synthesized", "validation-report.json"
	if assembly := os.Getenv(childProcess); assembly != "" {
		synthesizeNamed(func(serverlesscache.ServerlessCache) {})
		found, _ := os.ReadFile(filepath.Join(assembly, report)) // there is none without a finding or a warning
		require.NotContains(t, string(found), "CloudFormation Validate")
		fmt.Println(synthesized)
		synthesizeNamed(func(cache serverlesscache.ServerlessCache) {
			cache.Resource().AddPropertyOverride(jsii.String("SnapshotRetentionLimit"), jsii.String("week"))
		})
		return
	}
	assembly := t.TempDir()
	output, err := runChild(t, assembly, "CDK_VALIDATION=true", "CDK_OUTDIR="+assembly)
	assert.Error(t, err, "the validator has to be on")
	require.Contains(t, output, synthesized)
	found, err := os.ReadFile(filepath.Join(assembly, report))
	require.NoError(t, err)
	assert.Contains(t, string(found), "SnapshotRetentionLimit: 'week' is not of type 'integer'")
}

// synthesizeNamed synthesizes a cache with all that has a name, a key, a user and a function.
func synthesizeNamed(change func(serverlesscache.ServerlessCache)) {
	f := newFixture()
	cache := f.cache(func(p *props) {
		named(p)
		p.FinalSnapshotName = jsii.String("last")
		p.EncryptionKey = awskms.NewKey(f.stack, jsii.String("Key"), nil)
	})
	cache.AddUser(jsii.String("Legacy"), &rediscache.UserOptions{Password: jsii.Bool(true)})
	cache.ConnectFunction(function(f.stack, "Function", f.vpc), nil)
	change(cache)
	f.app.Synth(nil)
}

// Requests to the kernel are what a synth in Go waits for. A further cache has 11 resources: the security group, the user
// group and two users, the cache, and six alarms.
const mostRequests = 40

func TestAFurtherCacheCostsFewRequests(t *testing.T) {
	const begins, ends = "counting: begins", "counting: ends"
	if os.Getenv(childProcess) != "" {
		f := newFixture()
		f.cache(nil)
		fmt.Fprintln(os.Stderr, begins)
		serverlesscache.NewServerlessCache(f.stack, jsii.String("Further"), &props{Vpc: f.vpc, CacheUsageLimits: limits()})
		fmt.Fprintln(os.Stderr, ends)
		return
	}
	output, err := runChild(t, "count", "JSII_DEBUG=1")
	require.NoError(t, err)
	requests, counting := 0, false
	lines := bufio.NewScanner(strings.NewReader(output))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == begins, line == ends:
			counting = line == begins
		case counting && strings.HasPrefix(line, "> {"):
			requests++
		}
	}
	t.Logf("%d requests", requests)
	assert.Greater(t, requests, 11, "the count finds the requests")
	assert.LessOrEqual(t, requests, mostRequests)
}
