package emulator_test

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/stretchr/testify/assert"
)

// order says that what first selects has to be there before what then selects, and to go after it. Both are a type, a
// logical id without its hash, or the beginning of one before an asterisk.
type order struct{ first, then string }

func (p part) is(selector string) bool {
	if beginning, is := strings.CutSuffix(selector, "*"); is {
		return strings.HasPrefix(p.id, beginning)
	}
	return p.kind == selector || p.id == selector
}

// assertCreated and assertDeleted hold the stack to the orders.
func (s *stack) assertCreated(orders ...order) {
	s.t.Helper()
	s.assertBefore(s.history(types.ResourceStatusCreateComplete), "is created before", orders)
}

func (s *stack) assertDeleted(orders ...order) {
	s.t.Helper()
	history := s.history(types.ResourceStatusDeleteComplete)
	slices.Reverse(history)
	s.assertBefore(history, "is deleted after", orders)
}

func (s *stack) assertBefore(history []part, verb string, orders []order) {
	s.t.Helper()
	for _, o := range orders {
		first := slices.IndexFunc(history, func(p part) bool { return p.is(o.then) })
		last := -1
		for i, p := range history {
			if p.is(o.first) {
				last = i
			}
		}
		if assert.NotEqual(s.t, -1, first, "%s has no %s", s.name, o.then) && assert.NotEqual(s.t, -1, last, "%s has no %s", s.name, o.first) {
			assert.Less(s.t, last, first, "%s %s %s", o.first, verb, o.then)
		}
	}
}

const (
	group       = "AWS::ElastiCache::ReplicationGroup"
	subnetGroup = "AWS::ElastiCache::SubnetGroup"
	user        = "AWS::ElastiCache::User"
	userGroup   = "AWS::ElastiCache::UserGroup"
)

var (
	// Of every cache: ElastiCache refuses a group without these, and does not delete what a group still uses.
	cacheOrders = []order{
		{"AWS::EC2::Subnet", subnetGroup},
		{subnetGroup, group},
		{"AWS::ElastiCache::ParameterGroup", group},
		{"CacheSecurityGroup", group},
		{"CacheSlowLog", group},
		{"CacheEngineLog", group},
	}
	// The group takes the token when it is created, and the connection secret takes the endpoint of the group.
	tokenOrders = []order{{"CacheAuthToken", group}, {group, "CacheConnection"}}
	// The group's first event says that it is created, and needs the permission to publish.
	topicOrders = []order{{"EventTopic", group}, {"EventTopicPolicy", group}}
	// No reference leads from the user group to the users.
	userOrders = []order{{user, userGroup}, {userGroup, group}}
	// Of a serverless cache, which the emulator knows by its placeholder only.
	serverlessOrders = []order{
		{"AWS::EC2::Subnet", "Cache"},
		{"CacheSecurityGroup", "Cache"},
		{user, userGroup},
		{userGroup, "Cache"},
		{"EventTopic", "EventRule"},
		{"Cache", "EventRule"},
	}
	// Secrets Manager tests a schedule by calling the rotator, which uses all of these.
	rotationOrders = []order{
		{group, "CacheTokenRotation"},
		{"CacheConnection", "CacheTokenRotation"},
		{"CacheTokenRotator", "CacheTokenRotation"},
		{"CacheTokenRotatorServiceRoleDefaultPolicy", "CacheTokenRotation"},
		{"CacheTokenTester", "CacheTokenRotation"},
		{"CacheTokenTesterSecurityGroupto*", "CacheTokenRotation"},
		{"CacheSecurityGroupfrom*", "CacheTokenRotation"},
		{"CacheTokenRotatorSecretsManager", "CacheTokenRotation"},
		{"CacheTokenRotatorLog", "CacheTokenRotator"},
	}
)
