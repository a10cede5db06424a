package emulator_test

import (
	"maps"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/emulator"
)

// update is a change of a deployed stack, as docs/replacement.md has it.
type update struct {
	change   string
	assembly *emulator.Assembly
	gone     []string                            // stateful resources that the stack has no more
	arrived  func(t *testing.T, s *stack) string // asserts that the change is there, and says what is
}

// inPlace deploys the update, after which every resource that stays in the stack is the one that it was.
func (u update) inPlace(t *testing.T, s *stack) {
	t.Helper()
	before, created := s.parts(), s.createdAt()
	_, err := s.deploy(u.assembly)
	require.NoError(t, err)
	after := s.parts()

	var gone []string
	for id, old := range before {
		now, stays := after[id]
		switch {
		case stays && now.physical != old.physical && now.kind != placeholder:
			assert.Fail(t, "replaced", "%s: %s is now %s", id, old.physical, now.physical)
		case !stays && old.isStateful():
			gone = append(gone, id)
		}
	}
	assert.ElementsMatch(t, u.gone, gone, "stateful resources that are gone")
	assert.Equal(t, created, s.createdAt(), "creation of the group")
	report.updated(s, u.change, "in place: "+u.arrived(t, s))
}

// refused deploys an update that has to fail, and leaves the stack as it was.
func (u update) refused(t *testing.T, s *stack, message string) {
	t.Helper()
	before, created := s.parts(), s.createdAt()
	_, err := s.deploy(u.assembly)
	require.ErrorContains(t, err, message)
	assert.Equal(t, "UPDATE_ROLLBACK_COMPLETE", s.describe().status)
	assert.ElementsMatch(t, slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(s.parts())), "resources")
	assert.Equal(t, before["CacheReplicationGroup"].physical, s.parts()["CacheReplicationGroup"].physical)
	assert.Equal(t, created, s.createdAt(), "creation of the group")
	report.updated(s, u.change, "refused: it would replace the group, whose name is taken")
}

func (s *stack) createdAt() time.Time {
	s.t.Helper()
	return createdAt(s.t, s.parts()["CacheReplicationGroup"].physical)
}

const (
	placeholder = "AWS::CloudFormation::WaitConditionHandle"
	needsName   = "CloudFormation cannot update a stack when a custom-named resource requires replacing"
)

var stateful = regexp.MustCompile(`^AWS::(ElastiCache|SecretsManager|KMS|Logs)::|^AWS::EC2::SecurityGroup$`)

func (p part) isStateful() bool { return stateful.MatchString(p.kind) }

// with puts more settings over those given.
func with(given, more settings) settings {
	all := maps.Clone(given)
	maps.Copy(all, more)
	return all
}

func TestUpdatesOfProd(t *testing.T) {
	prod := func(given settings) *emulator.Assembly { return environment(t, "prod", given) }
	nodes := settings{"numCacheNodes": 3.0}
	parameter := with(nodes, settings{"parameters": settings{"timeout": "300"}})
	valkey := with(parameter, settings{"engine": "valkey", "engineVersion": "8.0"})
	threshold := with(valkey, settings{"alarms": settings{"cpu": settings{"threshold": 60.0}}})
	none := with(threshold, settings{"authentication": "none"})
	iam := with(threshold, settings{"authentication": "iam"})
	port := with(iam, settings{"port": 6380.0})
	key := with(iam, settings{"customerManagedKey": false})

	s, _ := create(t, "securebase-prod-redis", prod(settings{}))
	for _, u := range []update{
		{change: "three nodes", assembly: prod(nodes), arrived: hasNodes(3)},
		{change: "a parameter", assembly: prod(parameter), arrived: hasParameter("timeout", "300")},
		{change: "Valkey 8.0", assembly: prod(valkey), gone: []string{"CacheParameterGroupRedis7"},
			arrived: hasVersion("8.0", "CacheParameterGroupValkey8")},
		{change: "the threshold of an alarm", assembly: prod(threshold), arrived: hasCpuThreshold(60)},
		{change: "a token to none", assembly: prod(none), gone: []string{"CacheAuthToken", "CacheConnection", "EndpointSecurityGroup"},
			arrived: hasTokenStill},
	} {
		u.inPlace(t, s)
	}
	update{change: "none to a token", assembly: prod(threshold)}.refused(t, s, needsName)
	before := len(s.history(types.ResourceStatusUpdateComplete))
	update{change: "none to IAM", assembly: prod(iam), arrived: hasUserGroup}.inPlace(t, s)
	s.assertBefore(s.history(types.ResourceStatusUpdateComplete)[before:], "is created before", userOrders)
	update{change: "another port", assembly: prod(port)}.refused(t, s, needsName)
	update{change: "no key of its own", assembly: prod(key)}.refused(t, s, needsName)
	s.destroyProtected(prod(with(iam, settings{"terminationProtection": false})))
}

// Without a Name, what the named group refuses replaces it, and the connection secret leads to the new one.
func TestReplacementOfAnUnnamedCache(t *testing.T) {
	port := func(port float64) *emulator.Assembly {
		return cacheStack(t, "unnamed", rediscache.RedisCacheProps{Port: &port})
	}
	s, _ := create(t, "unnamed", port(6379))
	before := s.parts()
	_, err := s.deploy(port(6380))
	require.NoError(t, err)
	after := s.parts()

	assert.NotEqual(t, before["CacheReplicationGroup"].physical, after["CacheReplicationGroup"].physical)
	groups, err := elastiCache().DescribeReplicationGroups(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, groups.ReplicationGroups, 1)
	assert.Equal(t, after["CacheReplicationGroup"].physical, *groups.ReplicationGroups[0].ReplicationGroupId)
	for _, id := range []string{"CacheAuthToken", "CacheConnection", "CacheSubnetGroup", "CacheParameterGroupRedis7", "CacheSecurityGroup"} {
		assert.Equal(t, before[id].physical, after[id].physical, id)
	}
	assert.Equal(t, 6380.0, secretOf(t, after["CacheConnection"].physical)["port"])
	report.updated(s, "another port", "the group is replaced, and nothing else that is stateful")
	s.destroy()
	assert.Empty(t, leftovers(t))
}

func hasNodes(want int) func(*testing.T, *stack) string {
	return func(t *testing.T, s *stack) string {
		found := replicationGroup(t, s.parts()["CacheReplicationGroup"].physical)
		assert.Len(t, found.NodeGroups[0].NodeGroupMembers, want)
		return "the group has the nodes"
	}
}

func hasParameter(name, want string) func(*testing.T, *stack) string {
	return func(t *testing.T, s *stack) string {
		id := s.parts()["CacheParameterGroupRedis7"].physical
		found, err := elastiCache().DescribeCacheParameters(t.Context(), &elasticache.DescribeCacheParametersInput{CacheParameterGroupName: &id})
		require.NoError(t, err)
		values := map[string]string{}
		for _, p := range found.Parameters {
			values[*p.ParameterName] = *p.ParameterValue
		}
		assert.Equal(t, want, values[name])
		assert.Equal(t, "allkeys-lru", values["maxmemory-policy"])
		return "the parameter group has it, and those that it had"
	}
}

func hasVersion(version, parameterGroup string) func(*testing.T, *stack) string {
	return func(t *testing.T, s *stack) string {
		state := stateOf(t, s.parts()["CacheReplicationGroup"].physical)
		assert.Equal(t, version, state.EngineVersion)
		assert.Equal(t, s.parts()[parameterGroup].physical, state.CacheParameterGroupName)
		assert.Len(t, state.Tokens, 1, "nobody sent the token again")
		return "the group has the version and a new parameter group, and the old one is gone"
	}
}

func hasCpuThreshold(want float64) func(*testing.T, *stack) string {
	return func(t *testing.T, s *stack) string {
		id := s.parts()["CacheCpuAlarm1"].physical
		found, err := cloudWatch().DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{id}})
		require.NoError(t, err)
		require.Len(t, found.MetricAlarms, 1)
		assert.Equal(t, want, *found.MetricAlarms[0].Threshold)
		return "the alarm has it"
	}
}

func hasTokenStill(t *testing.T, s *stack) string {
	assert.True(t, *replicationGroup(t, s.parts()["CacheReplicationGroup"].physical).AuthTokenEnabled,
		"the emulator has learnt to take a token away: say so in Differences, and assert it here")
	return "the secrets are gone; the emulator leaves the token on the group, AWS may replace the group"
}

func hasUserGroup(t *testing.T, s *stack) string {
	found := replicationGroup(t, s.parts()["CacheReplicationGroup"].physical)
	assert.Equal(t, []string{s.parts()["CacheUserGroup"].physical}, found.UserGroupIds)
	users, err := elastiCache().DescribeUserGroups(t.Context(), &elasticache.DescribeUserGroupsInput{
		UserGroupId: &found.UserGroupIds[0],
	})
	require.NoError(t, err)
	require.Len(t, users.UserGroups, 1)
	assert.ElementsMatch(t, users.UserGroups[0].UserIds, []string{s.parts()["CacheDefaultUser"].physical, s.parts()["CacheUser"].physical})
	return "the group has the user group with its users"
}
