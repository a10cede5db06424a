package serverlesscache_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/childprocess"
)

// CDK's validator is switched by the environment that the kernel is started with, and a kernel prints its requests when it
// is told so at its start, so both take a process of their own.
const childProcess = "SERVERLESSCACHE_TEST_CHILD"

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
	output, _, err := childprocess.Run(t, childProcess+"="+assembly, "CDK_VALIDATION=true", "CDK_OUTDIR="+assembly)
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
		childprocess.Mark(begins)
		serverlesscache.NewServerlessCache(f.stack, jsii.String("Further"), &props{Vpc: f.vpc, CacheUsageLimits: limits()})
		childprocess.Mark(ends)
		f.app.Synth(nil) // the kernel may take what it printed last with it
		return
	}
	stdout, stderr, err := childprocess.Run(t, childProcess+"=count", childprocess.PrintRequests)
	require.NoError(t, err, stdout)
	requests, counting := 0, false
	for _, request := range childprocess.Requests(t, stderr) {
		switch {
		case strings.Contains(request, begins), strings.Contains(request, ends):
			counting = strings.Contains(request, begins)
		case counting:
			requests++
		}
	}
	t.Logf("%d requests", requests)
	assert.Greater(t, requests, 11, "the count finds the requests")
	assert.LessOrEqual(t, requests, mostRequests)
}
