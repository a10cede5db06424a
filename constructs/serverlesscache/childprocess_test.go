package serverlesscache_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
)

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
const mostRequests = 42

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
