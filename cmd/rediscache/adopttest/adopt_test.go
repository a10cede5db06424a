// Package adopttest compiles what `rediscache adopt` prints of recorded replication groups, and compares the synthesized
// ones with the recorded ones. It is beside the tool, whose own tests need no Node.
package adopttest

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/cmd/rediscache/adopttest/catalog"
	"github.com/securebase/cdk-redis-cache/cmd/rediscache/adopttest/orders"
	"github.com/securebase/cdk-redis-cache/cmd/rediscache/adopttest/sessions"
	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/adopt"
	"github.com/securebase/cdk-redis-cache/internal/guard"
	"github.com/securebase/cdk-redis-cache/internal/jsiiclose"
	"github.com/securebase/cdk-redis-cache/internal/template"
	_ "github.com/securebase/cdk-redis-cache/internal/testenv"
)

func TestMain(m *testing.M) {
	status := m.Run()
	jsiiclose.Close()
	os.Exit(status)
}

// printed is what adopt printed of one replication group.
type printed struct {
	name      string
	props     func(scope constructs.Construct) *rediscache.RedisCacheProps
	forImport func(group awselasticache.CfnReplicationGroup)
}

var all = []printed{
	{"orders", orders.AdoptedProps, orders.ForImport},
	{"sessions", sessions.AdoptedProps, sessions.ForImport},
	{"catalog", catalog.AdoptedProps, catalog.ForImport},
}

// synthesize is the template of a stack with the adopted cache: of the import, or of the deployment after it.
func (p printed) synthesize(t testing.TB, importing bool) *template.Template {
	t.Helper()
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Adopted"), nil)
	props := p.props(stack)
	if importing {
		props.Alarms = &rediscache.AlarmOptions{Enabled: jsii.Bool(false)}
	}
	cache := rediscache.NewRedisCache(stack, jsii.String("Cache"), props)
	if importing {
		p.forImport(cache.ReplicationGroup())
	}
	return templateOf(t, stack)
}

func templateOf(t testing.TB, stack awscdk.Stack) *template.Template {
	t.Helper()
	content, err := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	require.NoError(t, err)
	parsed, err := template.Parse(content)
	require.NoError(t, err)
	return parsed
}

func theGroup(t testing.TB, in *template.Template) *template.Resource {
	t.Helper()
	groups := in.OfType("AWS::ElastiCache::ReplicationGroup")
	require.Len(t, groups, 1)
	return groups[0]
}

// Every property of the synthesized group is what the CLI described, and none is left out or added.
func TestTheSynthesizedGroupIsTheRecordedOne(t *testing.T) {
	for _, p := range all {
		t.Run(p.name, func(t *testing.T) {
			group := theGroup(t, p.synthesize(t, true))
			want := described(t, p.name)
			assert.Equal(t, slices.Sorted(maps.Keys(want)), group.Properties())
			for property, value := range want {
				assert.Equal(t, value, group.Property(property).String(), property)
			}
		})
	}
}

// `cdk import` puts the group alone into the stack, so that nothing in it may refer to another resource.
func TestTheGroupCanBeImportedAlone(t *testing.T) {
	for _, p := range all {
		group := theGroup(t, p.synthesize(t, true))
		assert.Equal(t, "Retain", group.DeletionPolicy, p.name)
		for _, property := range group.Properties() {
			assert.Empty(t, group.Property(property).References(), "%s: %s", p.name, property)
		}
	}
}

func TestTheMappingNamesTheGroup(t *testing.T) {
	for _, p := range all {
		result, err := adopt.Adopt(adopt.Files{ReplicationGroups: path(p.name,
			"replication-groups")}, adopt.Options{Package: "main", Construct: "Cache"})
		require.NoError(t, err)
		var mapping map[string]map[string]string
		require.NoError(t, json.Unmarshal([]byte(result.Mapping), &mapping))
		group := theGroup(t, p.synthesize(t, true))
		id, isLiteral := group.Property("ReplicationGroupId").Literal()
		assert.True(t, isLiteral)
		assert.Equal(t, map[string]map[string]string{group.LogicalID: {"ReplicationGroupId": id}}, mapping)
	}
}

func TestTheMappingOfANestedCacheNamesTheGroup(t *testing.T) {
	for _, ids := range [][]string{{"Data", "Cache"}, {"Data", "Default"}, {"ReplicationGroup"}, {"my-cache", "Resource"}} {
		stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Adopted"), nil)
		scope, construct := constructs.Construct(stack), ""
		for _, id := range ids[:len(ids)-1] {
			scope, construct = constructs.NewConstruct(scope, &id), construct+id+"/"
		}
		construct += ids[len(ids)-1]
		cache := rediscache.NewRedisCache(scope, &ids[len(ids)-1], sessions.AdoptedProps(stack))
		result, err := adopt.Adopt(adopt.Files{ReplicationGroups: path("sessions",
			"replication-groups")}, adopt.Options{Package: "main", Construct: construct})
		require.NoError(t, err)
		assert.Contains(t, result.Mapping, `"`+*stack.GetLogicalId(cache.ReplicationGroup())+`"`, construct)
	}
}

// The deployment after the import changes what adopt lists as later, and loses nothing.
func TestTheDeploymentAfterTheImportLosesNothing(t *testing.T) {
	for _, p := range all {
		t.Run(p.name, func(t *testing.T) {
			imported, next := p.synthesize(t, true), p.synthesize(t, false)
			assert.Empty(t, guard.Compare(imported, next))
			before, after := theGroup(t, imported), theGroup(t, next)
			var changed []string
			for _, property := range after.Properties() {
				if !before.Property(property).Equal(after.Property(property)) {
					changed = append(changed, property)
				}
			}
			assert.Equal(t, []string{"CacheParameterGroupName", "LogDeliveryConfigurations"}, changed)
			assert.Len(t, before.Properties(), len(after.Properties())-newLogs(p.name))
		})
	}
}

// newLogs is 1 for the group without logs, which has no LogDeliveryConfigurations before.
func newLogs(name string) int {
	if name == "sessions" {
		return 1
	}
	return 0
}

// The parameter group that takes the place of the recorded one has its values.
func TestTheParametersAreTheRecordedOnes(t *testing.T) {
	for name, want := range map[string]map[string]string{
		"orders": {"activedefrag": "yes", "maxmemory-policy": "volatile-ttl", "notify-keyspace-events": "Ex",
			"slowlog-log-slower-than": "20000", "timeout": "300"},
		"sessions": {"maxmemory-policy": "volatile-lru", "slowlog-log-slower-than": "10000"}, // those of default.valkey8
		"catalog": {"cluster-enabled": "yes", "cluster-require-full-coverage": "no", "maxmemory-policy": "allkeys-lfu",
			"slowlog-log-slower-than": "10000"},
	} {
		index := slices.IndexFunc(all, func(p printed) bool { return p.name == name })
		groups := all[index].synthesize(t, false).OfType("AWS::ElastiCache::ParameterGroup")
		require.Len(t, groups, 1)
		got := map[string]string{}
		for parameter, value := range groups[0].Property("Properties").Entries() {
			got[parameter], _ = value.Literal()
		}
		assert.Equal(t, want, got, name)
	}
}

// What adopt leaves open stops the synthesis with a message, where a default would be a new token.
func TestAnUnknownTokenStopsTheSynthesis(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Adopted"), nil)
	props := orders.AdoptedProps(stack)
	props.Authentication = rediscache.Authentication_Token(nil, nil)
	defer func() {
		err, _ := recover().(*rediscache.ValidationError)
		require.NotNil(t, err)
		assert.Contains(t, err.Error(), "Authentication: has no token")
	}()
	rediscache.NewRedisCache(stack, jsii.String("Cache"), props)
}
