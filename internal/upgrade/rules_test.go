package upgrade

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/template"
)

func TestRefusals(t *testing.T) {
	redis71, valkey80 := redis("7.1", "redis7"), valkey("8.0", "valkey8")
	literal := func(name any) map[string]any { return map[string]any{"CacheParameterGroupName": name} }
	userGroup := func(engine string) map[string]any {
		return map[string]any{
			"Users": map[string]any{"Type": "AWS::ElastiCache::UserGroup", "Properties": map[string]any{"UserGroupId": "users",
				"Engine": engine, "UserIds": []any{"app"}}},
			"App": map[string]any{"Type": "AWS::ElastiCache::User", "Properties": map[string]any{"UserId": "app", "UserName": "app",
				"Engine": engine}},
			"Others": map[string]any{"Type": "AWS::ElastiCache::UserGroup", "Properties": map[string]any{"UserGroupId": "others",
				"Engine": "valkey"}},
		}
	}
	rollback := func(engine string, attached any) (before, after cache) {
		before, after = valkey("7.2", "valkey7"), redis71.with(map[string]any{"UserGroupIds": []any{attached}})
		after.resources = userGroup(engine)
		return before, after
	}
	valkeyUsersBefore, valkeyUsersAfter := rollback("valkey", map[string]any{"Ref": "Users"})
	redisUsersBefore, redisUsersAfter := rollback("redis", "users")
	type refusal = []string
	for _, test := range []struct {
		name          string
		before, after cache
		want          refusal
	}{
		{"another engine", redis71, cache{engine: "memcached", version: "1.6", nodeType: "cache.r6g.large", family: "memcached1.6"},
			refusal{`Engine redis 7.1 -> memcached 1.6: "memcached" is not an engine of replication groups; use "redis" or "valkey"`}},
		{"the alias 6.x for 6.2", redis("6.2", "redis6.x"), redis("6.x", "redis6.x"), nil},
		{"6.2 for the alias 6.x", redis("6.x", "redis6.x"), redis("6.2", "redis6.x"), nil},
		{"the alias 6.x after 7.1", redis71, redis("6.x", "redis6.x"), refusal{
			"Engine redis 7.1 -> redis 6.x: ElastiCache does not go back to an older version; create a new cache of that version, and move " +
				"the clients"}},
		{"an older version of the family", redis71, redis("7.0", "redis7"), refusal{
			"Engine redis 7.1 -> redis 7.0: ElastiCache does not go back to an older version; create a new cache of that version, and move " +
				"the clients"}},
		{"no parameter group where there was one outside the template", redis71.with(literal("orders")), valkey80.with(literal(nil)),
			refusal{`CacheParameterGroupName "orders" -> none: a replication group with a parameter group of its own needs one of the new ` +
				`family in the same update; name one of "valkey8"`}},
		{"the engine with the parameter group of the old family", redis71, valkey("8.0", "redis7"),
			refusal{`CacheParameterGroupName "${ParameterGroupredis7}" -> "${ParameterGroupredis7}": is of the family "redis7", and valkey ` +
				`8.0 needs "valkey8"; change engine, version and parameter group in one update`}},
		{"the parameter group without the engine", redis71, redis("7.1", "valkey8"),
			refusal{`CacheParameterGroupName "${ParameterGroupredis7}" -> "${ParameterGroupvalkey8}": is of the family "valkey8", and redis ` +
				`7.1 needs "redis7"; change engine, version and parameter group in one update`}},
		{"no parameter group where there was one", redis71, valkey80.with(literal(nil)),
			refusal{`CacheParameterGroupName "${ParameterGroupredis7}" -> none: a replication group with a parameter group of its own needs ` +
				`one of the new family in the same update; name one of "valkey8"`}},
		{"default parameter groups", redis71.with(literal("default.redis7")), valkey80.with(literal("default.valkey8")), nil},
		{"the default parameter group of the old family", redis71.with(literal("default.redis7")), valkey80.with(literal("default.redis7")),
			refusal{`CacheParameterGroupName "default.redis7" -> "default.redis7": is of the family "redis7", and valkey 8.0 needs ` +
				`"valkey8"; change engine, version and parameter group in one update`}},
		{"no parameter group before and after", redis71.with(literal(nil)), valkey80.with(literal(nil)), nil},
		{"a default parameter group of a sharded cache", redis71.with(literal("default.redis7.cluster.on")),
			valkey80.with(literal("default.valkey8.cluster.on")), nil},
		{"a default parameter group of an unsharded cache for a sharded one", redis71.with(literal("default.redis7.cluster.on")),
			valkey80.with(literal("default.valkey8")),
			refusal{`cluster-enabled yes -> no: has to have the same value in both parameter groups; set it to "yes" in the Parameters of ` +
				`the new one`}},
		{"other databases", redis71.parametrized(map[string]any{"databases": "32"}), valkey80,
			refusal{`databases 32 -> 16: has to have the same value in both parameter groups; set it to "32" in the Parameters of the new one`}},
		{"the same databases", redis71.parametrized(map[string]any{"databases": "32"}), valkey80.parametrized(map[string]any{"databases": 32}),
			nil},
		{"the default of databases, written out", redis71.parametrized(map[string]any{"databases": "16"}), valkey80, nil},
		{"a parameter that the new family fixes", redis("6.2", "redis6.x").parametrized(map[string]any{"activerehashing": "no"}), redis71,
			refusal{`activerehashing no -> yes: has to have the same value in both parameter groups, and redis7 does not let anyone set it; ` +
				`create a new cache, and move the clients`}},
		{"other parameters, which may differ", redis71.parametrized(map[string]any{"timeout": "300"}), valkey80, nil},
		{"users of engine valkey on the way back", valkeyUsersBefore, valkeyUsersAfter, refusal{
			`App Engine "valkey" -> "redis": the users of a cache that goes back to Redis have to be of engine redis; attach a user group of ` +
				`engine redis first`,
			`Users Engine "valkey" -> "redis": the users of a cache that goes back to Redis have to be of engine redis; attach a user group ` +
				`of engine redis first`,
		}},
		{"users of engine redis on the way back", redisUsersBefore, redisUsersAfter, nil},

		{"node type and engine together", redis71, valkey80.on("cache.r7g.large"),
			refusal{`CacheNodeType "cache.r6g.large" -> "cache.r7g.large": a pending scale-up blocks the upgrade of the engine; use two ` +
				`deployments, the engine first, then the node type`}},
		{"a node type for the new engine only", redis71, valkey80.on("cache.r8g.large"),
			refusal{`CacheNodeType "cache.r6g.large" -> "cache.r8g.large": a pending scale-up blocks the upgrade of the engine; use two ` +
				`deployments, the engine first, then the node type`}},
		{"a larger node type", redis71, redis71.on("cache.r6g.xlarge"), nil},
		{"a retired node type", redis71, redis71.on("cache.m3.large"), refusal{`CacheNodeType "cache.r6g.large" -> "cache.m3.large": is ` +
			`retired; use a current type, such as "cache.r7g.large"`}},
		{"a node type without the engine", redis71, redis71.on("cache.r8g.large"), refusal{`CacheNodeType "cache.r6g.large" -> ` +
			`"cache.r8g.large": does not run redis; use another type`}},
		{"a node type of newer engines", redis("5.0.6", "redis5.0"), redis("5.0.6", "redis5.0").on("cache.c7gn.large"),
			refusal{`CacheNodeType "cache.r6g.large" -> "cache.c7gn.large": needs redis 6.2 or newer, not 5.0.6`}},
		{"data tiering", redis71.on("cache.r6g.xlarge"), redis71.on("cache.r6gd.xlarge"),
			refusal{`CacheNodeType "cache.r6g.xlarge" -> "cache.r6gd.xlarge": changes data tiering, which replaces the replication group; ` +
				`create a second cache beside this one, and move the clients`}},

		{"the cluster mode with the engine", redis71.with(map[string]any{"ClusterMode": "disabled"}),
			valkey80.with(map[string]any{"ClusterMode": "compatible"}),
			refusal{`ClusterMode "disabled" -> "compatible": a change of the cluster mode carries the parameter group and nothing else; use ` +
				`two deployments`}},
		{"the engine between two cluster modes", redis71.with(map[string]any{"ClusterMode": "compatible"}),
			valkey80.with(map[string]any{"ClusterMode": "compatible"}),
			refusal{`ClusterMode "compatible" -> "compatible": in the mode "compatible" ElastiCache changes neither engine nor node type; ` +
				`finish or undo the change of the mode first`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if plan := planOf(t, test.before, test.after); assert.Equal(t, test.want, refusal(plan.refusals())) {
				assert.Equal(t, len(test.want) == 0, len(plan.Steps) > 0)
			}
		})
	}
}

func TestTheNodeTypeComesFirstWhereTheOldOneDoesNotRunTheNewEngine(t *testing.T) {
	before, after := redis("6.2", "redis6.x").on("cache.m1.small"), redis("7.1", "redis7").on("cache.r7g.large")
	assert.Contains(t, planOf(t, before, after).refusals()[0], "the node type first, then the engine")
}

func TestNothingToCheckWhereTheTemplatesSayEverything(t *testing.T) {
	for _, test := range []struct{ before, after cache }{
		{redis("7.1", "redis7"), valkey("8.0", "valkey8")},
		{valkey("7.2", "valkey7"), redis("7.1", "redis7")},
		{valkey("8.2", "valkey8"), valkey("9.0", "valkey9")}, // which has one more parameter that is fixed at creation
	} {
		plan := planOf(t, test.before, test.after)
		assert.Empty(t, plan.Check, "%v", test)
		assert.Empty(t, plan.Refused, "%v", test)
	}
}

func TestAParameterGroupThatIsNotInTheTemplateIsUnknown(t *testing.T) {
	missing := redis("7.1", "redis7").with(map[string]any{"CacheParameterGroupName": map[string]any{"Ref": "Missing"}})
	plan := planOf(t, missing, valkey("8.0", "valkey8"))
	assert.Contains(t, plan.Changes, Change{"parameter group family", "unknown", "valkey8"})
	own := redis("7.1", "redis7").with(map[string]any{"CacheParameterGroupName": "orders"})
	assert.Contains(t, planOf(t, own, valkey("8.0", "valkey8")).Check,
		"the parameter databases has to have the same value in both parameter groups, and the templates do not say it")
}

func TestAParameterGroupOfAnotherFamilyNeedsItsOwnLogicalId(t *testing.T) {
	before, after := redis("7.1", "redis7"), valkey("8.0", "valkey8")
	same := map[string]any{"CacheParameterGroupName": map[string]any{"Ref": "Parameters"}}
	parameters := func(family string) map[string]any {
		return map[string]any{"Parameters": map[string]any{"Type": "AWS::ElastiCache::ParameterGroup",
			"Properties": map[string]any{"CacheParameterGroupFamily": family}}}
	}
	before, after = before.with(same), after.with(same)
	before.resources, after.resources = parameters("redis7"), parameters("valkey8")
	assert.Equal(t, []string{"Parameters CacheParameterGroupFamily redis7 -> valkey8: CloudFormation would replace a parameter group " +
		"that is in use; give the parameter group of the new family a logical id of its own"}, planOf(t, before, after).refusals())
}

func TestWhatToDeployOnItsOwn(t *testing.T) {
	before := redis("7.1", "redis7").with(map[string]any{"NumNodeGroups": 2, "ReplicasPerNodeGroup": 1})
	after := valkey("8.0", "valkey8").with(map[string]any{"NumNodeGroups": 2, "ReplicasPerNodeGroup": 2})
	plan := planOf(t, before, after)
	assert.Equal(t, []string{`ReplicasPerNodeGroup "1" -> "2"; deploy it on its own, before or after`}, plan.Separate)
	assert.Contains(t, plan.CdkDiff, "says that ReplicasPerNodeGroup requires replacement, which is out of date")
	assert.Contains(t, plan.Steps[1], "--replication-group-id <id>")
}

func TestWhatAPersonHasToCheck(t *testing.T) {
	redis71 := redis("7.1", "redis7")
	own := map[string]any{"CacheParameterGroupName": "orders-valkey"}
	for _, test := range []struct {
		name          string
		before, after cache
		want          []string
	}{
		{"a version that is newer than the tables", redis71, valkey("10.0", "valkey10"), []string{
			"valkey 10.0 is not in the tables of this tool; check that ElastiCache offers it: aws elasticache describe-cache-engine-versions " +
				"--engine valkey",
			"the parameter activerehashing has to have the same value in both parameter groups, and the templates do not say it",
			"the parameter cluster-enabled has to have the same value in both parameter groups, and the templates do not say it",
			"the parameter databases has to have the same value in both parameter groups, and the templates do not say it",
		}},
		{"a parameter that is given at the deployment", redis71.parametrized(map[string]any{"databases": map[string]any{"Ref": "Databases"}}),
			valkey("8.0", "valkey8"), []string{"the parameter databases has to have the same value in both parameter groups, and the " +
				"templates do not say it"}},
		{"a parameter group outside the template", redis71, valkey("8.0", "valkey8").with(own), []string{
			`the parameter group "orders-valkey" is not in the template; its family has to be valkey8, and the values of activerehashing, ` +
				`cluster-enabled, databases those of the old one`,
		}},
		{"a node type that is newer than the tables", redis71, redis71.on("cache.r9g.large"), []string{
			`"cache.r9g.large" is not in the tables of this tool; check that ElastiCache offers it for redis 7.1`,
		}},
		{"a property that comes with the version", redis("6.2",
			"redis6.x"), redis71.with(map[string]any{"TransitEncryptionMode": "required"}), []string{
			`TransitEncryptionMode none -> "required" changes in the same update; nobody has shown yet that ElastiCache takes it together ` +
				`with the engine`,
		}},
		{"a user group outside the template on the way back", valkey("7.2",
			"valkey7"), redis71.with(map[string]any{"UserGroupIds": []any{"others"}}), []string{
			`the user group ["others"] is not in the template; it and its users have to be of engine redis`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			plan := planOf(t, test.before, test.after)
			assert.Equal(t, test.want, plan.Check)
			assert.Empty(t, plan.Refused)
		})
	}
}

func TestASmallerNodeTypeMayBeRefusedInSilence(t *testing.T) {
	plan := planOf(t, redis("7.1", "redis7"), redis("7.1", "redis7").on("cache.t4g.small"))
	assert.Equal(t, []string{
		"ElastiCache changes the node type in place and at once: the data and the endpoints stay, the IP addresses of the nodes change",
		"the new type has less memory: if the data does not fit, ElastiCache refuses it in an event, and CloudFormation reports success",
	}, plan.Does)
	assert.Equal(t, []string{"the node type goes back in place while the data fits"}, plan.Back)
	assert.Contains(t, plan.Steps, "see whether ElastiCache refused it: aws elasticache describe-events --source-type "+
		"replication-group --duration 120")
	assert.NotContains(t, planOf(t, redis("7.1", "redis7"), redis("7.1", "redis7").on("cache.r6g.xlarge")).Steps[5], "describe-events")
}

func TestWhatOnlyCloudFormationKnowsIsNotGuessed(t *testing.T) {
	parsed, err := template.Parse([]byte(`{"Parameters": {"Version": {"Type": "String"}},
		"Resources": {"Group": {"Type": "AWS::ElastiCache::ReplicationGroup",
		"Properties": {"Engine": "redis", "EngineVersion": {"Ref": "Version"}}}}}`))
	require.NoError(t, err)
	plans := Compare(parsed, redis("7.1", "redis7").template(t))
	require.Len(t, plans, 1)
	assert.Equal(t, []string{`EngineVersion is "${Parameter::Version}", which only CloudFormation knows`, "CacheNodeType is none, " +
		"which only CloudFormation knows"}, plans[0].Unknown)
	assert.Empty(t, plans[0].Does)
	assert.Empty(t, plans[0].Steps)
}

func TestAServerlessCacheDoesNotGoBackToRedis(t *testing.T) {
	serverless := func(engine string) *template.Template {
		parsed, err := template.Parse([]byte(`{"Resources": {"Cache": {"Type": "AWS::ElastiCache::ServerlessCache", "Properties": ` +
			`{"Engine": "` + engine + `"}}}}`))
		require.NoError(t, err)
		return parsed
	}
	assert.Empty(t, Compare(serverless("redis"), serverless("redis")))
	plans := Compare(serverless("redis"), serverless("valkey"))
	require.Len(t, plans, 1)
	assert.Contains(t, plans[0].String(), "unknown: this tool has no rules for the engine of a serverless cache")
	plans = Compare(serverless("valkey"), serverless("redis"))
	require.Len(t, plans, 1)
	assert.Equal(t, "Cache: Engine \"valkey\" -> \"redis\"\n  refused: Engine \"valkey\" -> \"redis\": ElastiCache has been seen to "+
		"change the engine of a serverless cache to Valkey only; create a new cache, and move the clients", plans[0].String())
}
