package upgrade

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/template"
)

// cache is a replication group with a parameter group, as the construct writes them.
type cache struct {
	engine, version, nodeType, family string
	parameters                        map[string]any
	properties                        map[string]any // over those of the group; nil takes one away
	resources                         map[string]any
}

func (c cache) template(t testing.TB) *template.Template {
	t.Helper()
	parameterGroup := "ParameterGroup" + strings.ReplaceAll(c.family, ".", "")
	properties := map[string]any{
		"Engine": c.engine, "EngineVersion": c.version, "CacheNodeType": c.nodeType, "NumCacheClusters": 2, "MultiAZEnabled": true,
		"CacheParameterGroupName": map[string]any{"Ref": parameterGroup},
	}
	maps.Copy(properties, c.properties)
	resources := map[string]any{
		"Group": map[string]any{"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": properties},
		parameterGroup: map[string]any{"Type": "AWS::ElastiCache::ParameterGroup", "Properties": map[string]any{
			"CacheParameterGroupFamily": c.family, "Properties": c.parameters,
		}},
	}
	maps.Copy(resources, c.resources)
	content, err := json.Marshal(map[string]any{"Resources": resources})
	require.NoError(t, err)
	parsed, err := template.Parse(content)
	require.NoError(t, err)
	return parsed
}

// with is a copy with other properties of the group.
func (c cache) with(properties map[string]any) cache {
	c.properties = maps.Clone(c.properties)
	if c.properties == nil {
		c.properties = map[string]any{}
	}
	maps.Copy(c.properties, properties)
	return c
}

func redis(version, family string) cache {
	return cache{engine: "redis", version: version, nodeType: "cache.r6g.large", family: family}
}

func valkey(version, family string) cache {
	return cache{engine: "valkey", version: version, nodeType: "cache.r6g.large", family: family}
}

func (c cache) on(nodeType string) cache {
	c.nodeType = nodeType
	return c
}

func (c cache) parametrized(parameters map[string]any) cache {
	c.parameters = parameters
	return c
}

func planOf(t testing.TB, before, after cache) Plan {
	t.Helper()
	plans := Compare(before.template(t), after.template(t))
	require.Len(t, plans, 1)
	return plans[0]
}

func (p Plan) refusals() (lines []string) {
	for _, problem := range p.Refused {
		lines = append(lines, problem.String())
	}
	return lines
}

const (
	inPlace   = "ElastiCache upgrades the engine in place: the data and the endpoints stay, the IP addresses of the nodes change"
	seconds   = "reads go on, writes stop for some seconds at the failover"
	outOfDate = "says that Engine requires replacement, which is out of date; `cdk diff --method=change-set` asks CloudFormation"
	destroyed = "shows the old parameter group as destroyed, which is right and loses nothing; --fail-on=destructive stops the " +
		"deployment for it"
)

func noWayBack(from, to string) string {
	return to + " does not go back to " + from + ": the way back is a new cache, empty or from the snapshot if that version reads it"
}

func TestTheWayFromRedis62ToValkey8AndBackTo72(t *testing.T) {
	redis62, redis71 := redis("6.2", "redis6.x"), redis("7.1", "redis7")
	valkey72, valkey80 := valkey("7.2", "valkey7"), valkey("8.0", "valkey8")
	for _, test := range []struct {
		name          string
		before, after cache
		refused       []string
		back, cdkDiff []string
	}{
		{"Redis 6.2 to 7.1", redis62, redis71, nil, []string{noWayBack("redis 6.2", "redis 7.1")}, []string{destroyed}},
		{"Redis 7.1 to Valkey 8.0", redis71, valkey80, nil, []string{noWayBack("redis 7.1", "valkey 8.0")}, []string{outOfDate, destroyed}},
		{"Redis 6.2 to Valkey 8.0, at once", redis62, valkey80, nil, []string{noWayBack("redis 6.2",
			"valkey 8.0")}, []string{outOfDate, destroyed}},
		{"Redis 7.1 to Valkey 7.2, with a way back", redis71, valkey72, nil,
			[]string{"valkey 7.2 goes back to redis 7.1 in place, while its users and user groups are of engine redis"}, []string{outOfDate,
				destroyed}},
		{"Valkey 7.2 back to Redis 7.1", valkey72, redis71, nil, []string{"redis 7.1 goes to every version of Valkey again, in place"},
			[]string{outOfDate, destroyed}},
		{"Valkey 8.0 back to 7.2", valkey80, valkey72,
			[]string{"Engine valkey 8.0 -> valkey 7.2: ElastiCache does not go back to an older version; create a new cache of that version, " +
				"and move the clients"},
			nil, nil},
		{"Valkey 8.0 back to Redis 7.1", valkey80, redis71,
			[]string{"Engine valkey 8.0 -> redis 7.1: only valkey 7.2 goes back to Redis, to redis 7.1; create a new cache, and move the clients"},
			nil, nil},
		{"Valkey 7.2 back to Redis 7.0", valkey72, redis("7.0", "redis7"),
			[]string{"Engine valkey 7.2 -> redis 7.0: only valkey 7.2 goes back to Redis, to redis 7.1; create a new cache, and move the clients"},
			nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := planOf(t, test.before, test.after)
			assert.Equal(t, test.refused, plan.refusals())
			assert.Equal(t, test.back, plan.Back)
			assert.Equal(t, test.cdkDiff, plan.CdkDiff)
			assert.Empty(t, plan.Unknown)
			if test.refused == nil {
				assert.Equal(t, []string{inPlace, seconds}, plan.Does[:2])
			} else {
				assert.Empty(t, plan.Does, "what cannot be done does nothing")
			}
			assert.Equal(t, test.refused == nil, len(plan.Steps) > 0, "steps only where it is not refused")
		})
	}
}

func TestAPlanIsReadFromTopToBottom(t *testing.T) {
	plan := planOf(t, redis("7.1", "redis7"), valkey("8.0", "valkey8"))
	assert.Equal(t, strings.TrimSpace(`
Group: Engine "redis" -> "valkey", EngineVersion "7.1" -> "8.0", parameter group family redis7 -> valkey8
  does: ElastiCache upgrades the engine in place: the data and the endpoints stay, the IP addresses of the nodes change
  does: reads go on, writes stop for some seconds at the failover
  does: CloudFormation creates the parameter group ParameterGroupvalkey8, moves the replication group over and deletes ParameterGroupredis7
  back: valkey 8.0 does not go back to redis 7.1: the way back is a new cache, empty or from the snapshot if that version reads it
  cdk diff: says that Engine requires replacement, which is out of date; `+"`cdk diff --method=change-set`"+` asks CloudFormation
  cdk diff: shows the old parameter group as destroyed, which is right and loses nothing; --fail-on=destructive stops the deployment for it
  step 1: run `+"`rediscache guard`"+` on the same templates
  step 2: take a snapshot: aws elasticache create-snapshot --cache-cluster-id <a replica> --snapshot-name before-upgrade
  step 3: see that nothing is pending: aws elasticache describe-replication-groups --query 'ReplicationGroups[].PendingModifiedValues'
  step 4: deploy this change alone, in a quiet hour
  step 5: see what became of it: aws elasticache describe-cache-clusters --query 'CacheClusters[].[CacheClusterId,EngineVersion,CacheNodeType,CacheClusterStatus]'
  step 6: restart clients that cache DNS`), plan.String())
}

func TestNothingToUpgrade(t *testing.T) {
	same := redis("7.1", "redis7")
	assert.Empty(t, Compare(same.template(t), same.template(t)))
	assert.Empty(t, Compare(same.template(t), same.with(map[string]any{"NumCacheClusters": 3}).template(t)))
	gone, err := template.Parse([]byte(`{"Resources": {"Group": {"Type": "AWS::ElastiCache::CacheCluster"}}}`))
	require.NoError(t, err)
	assert.Empty(t, Compare(same.template(t), gone), "another type")
	assert.Empty(t, Compare(gone, same.template(t)))
}

func TestEveryGroupOfTheTemplatesHasAPlan(t *testing.T) {
	parse := func(content string) *template.Template {
		parsed, err := template.Parse([]byte(content))
		require.NoError(t, err)
		return parsed
	}
	group := func(version string) string {
		return `{"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {"Engine": "redis", "EngineVersion": "` + version + `"}}`
	}
	const serverless, retyped = `{"Type": "AWS::ElastiCache::ServerlessCache", "Properties": {"Engine": "redis"}}`,
		`{"Type": "AWS::SNS::Topic"}`
	before := parse(`{"Resources": {"A": ` + group("7.0") + `, "B": ` + group("7.0") + `, "C": ` + group("7.0") + `,
		"S": ` + serverless + `, "T": ` + serverless + `, "U": ` + serverless + `}}`)
	after := parse(`{"Resources": {"B": ` + retyped + `, "C": ` + group("7.1") + `,
		"T": ` + retyped + `, "U": {"Type": "AWS::ElastiCache::ServerlessCache", "Properties": {"Engine": "valkey"}}}}`)
	plans := Compare(before, after)
	require.Len(t, plans, 2)
	assert.Equal(t, "C", plans[0].LogicalID)
	assert.Equal(t, "U", plans[1].LogicalID)
}

func TestWhatWritesDoWhileTheEngineIsUpgraded(t *testing.T) {
	single := map[string]any{"NumCacheClusters": 1, "MultiAZEnabled": false}
	plan := planOf(t, redis("7.0", "redis7").with(single), redis("7.1", "redis7").with(single))
	assert.Equal(t, []string{inPlace, "without Multi-AZ the primary answers no requests while it is upgraded"}, plan.Does)
	plan = planOf(t, redis("4.0.10", "redis4.0"), redis("5.0.6", "redis5.0"))
	assert.Contains(t, plan.Does, "reads go on, writes stop for 30 to 60 seconds at the failover")
}

func TestOneVersionToTheNextInAFamily(t *testing.T) {
	plan := planOf(t, valkey("8.0", "valkey8"), valkey("8.1", "valkey8"))
	assert.Equal(t, []Change{{"EngineVersion", `"8.0"`, `"8.1"`}}, plan.Changes)
	assert.Equal(t, []string{inPlace, seconds}, plan.Does)
	assert.Empty(t, plan.Refused)
	assert.Empty(t, plan.CdkDiff)
}
