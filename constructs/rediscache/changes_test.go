package rediscache_test

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// change is one change of a property, and all that it does.
type change struct {
	property      string // of RedisCacheProps, or a method that changes the template
	change        string
	before, after propsChange
	call          func(f fixture, cache rediscache.RedisCache) // after the cache was made, in the second template
	calledBefore  func(f fixture, cache rediscache.RedisCache) // the same in the first template
	does          []string                                     // what replacements finds
	ordinary      bool                                         // of daily work: nothing stateful may be replaced or renamed
	renamesGroup  bool                                         // so that a new group does not need the id of the old one
}

type propsChange = func(f fixture, p *props)

// set makes a change that needs nothing of the stack.
func set(change func(p *props)) propsChange { return func(_ fixture, p *props) { change(p) } }

func changes() []change {
	return slices.Concat(namingChanges(), networkChanges(), engineChanges(), topologyChanges(), clusterChanges(), loginChanges(), backupChanges(),
		monitoringChanges())
}

func replacedBy(property string) []string {
	return []string{"ReplicationGroup replaced by " + property}
}

func namingChanges() []change {
	name := func(name string) propsChange { return set(func(p *props) { p.Name = &name }) }
	id := func(id string) propsChange { return set(func(p *props) { p.ReplicationGroupId = &id }) }
	byID := replacedBy("ReplicationGroupId")
	return []change{
		{property: "Name", change: "given", after: name("prod"), does: renamed()},
		{property: "Name", change: "another", before: name("test"), after: name("prod"), does: renamed()},
		{property: "Name", change: "taken away", before: name("test"), does: renamed()},
		{property: "ReplicationGroupId", change: "given", renamesGroup: true, after: id("legacy"), does: byID},
		{property: "ReplicationGroupId", change: "another", renamesGroup: true, before: id("legacy"), after: id("other"), does: byID},
		{property: "ReplicationGroupId", change: "taken away", renamesGroup: true, before: id("legacy"), does: byID},
		{property: "Description", change: "given", ordinary: true, after: set(func(p *props) { p.Description = jsii.String("Queries") })},
		{property: "Tags", change: "one more", ordinary: true, after: set(func(p *props) {
			p.Tags = &map[string]*string{"Tier": jsii.String("Premium")}
		})},
	}
}

// renamed is what another Name does: everything that has a physical name, and the security group, whose description has
// the Name.
func renamed() []string {
	list := []string{
		"AuthToken replaced by Name", "Connection replaced by Name", "EngineLog replaced by LogGroupName",
		"ReplicationGroup replaced by ReplicationGroupId", "SecurityGroup replaced by GroupDescription",
		"SlowLog replaced by LogGroupName",
	}
	for _, kind := range []string{
		"Cpu", "EngineCpu", "CpuCreditBalance", "Memory", "Evictions", "CacheHitRate", "ReplicationLag", "NodeUnreachable",
		"AuthenticationFailures",
	} {
		list = append(list, kind+"Alarm1 replaced by AlarmName", kind+"Alarm2 replaced by AlarmName")
	}
	slices.Sort(list)
	return list
}

func networkChanges() []change {
	clients := func(ids ...string) propsChange {
		return func(f fixture, p *props) {
			var groups []awsec2.ISecurityGroup
			for _, id := range ids {
				groups = append(groups, newSecurityGroup(f.stack, id, f.vpc))
			}
			p.AllowedSecurityGroups = &groups
		}
	}
	own := func(f fixture, p *props) {
		p.SecurityGroups = &[]awsec2.ISecurityGroup{newSecurityGroup(f.stack, "Own", f.vpc)}
	}
	existing := func(name string) propsChange { return set(func(p *props) { p.SubnetGroupName = &name }) }
	otherVpc := func(f fixture, p *props) {
		p.Vpc = awsec2.Vpc_FromVpcAttributes(f.stack, jsii.String("OtherVpc"), &awsec2.VpcAttributes{
			VpcId:             jsii.String("vpc-0a1b2c3d"),
			AvailabilityZones: jsii.Strings("us-east-1a", "us-east-1b"),
			IsolatedSubnetIds: jsii.Strings("subnet-0a1b2c3d", "subnet-0a1b2c3e"),
		})
	}
	byGroup := replacedBy("CacheSubnetGroupName")
	return []change{
		// ElastiCache refuses a subnet group's move to another VPC, so this fails rather than replaces.
		{property: "Vpc", change: "another", after: otherVpc, does: []string{"SecurityGroup replaced by VpcId"}},
		{property: "VpcSubnets", change: "other subnets of the VPC", after: set(func(p *props) {
			p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
		})},
		{property: "SubnetGroupName", change: "an existing one instead of a new one", after: existing("legacy"),
			does: []string{byGroup[0], "SubnetGroup gone"}},
		{property: "SubnetGroupName", change: "another", before: existing("legacy"), after: existing("other"), does: byGroup},
		{property: "SubnetGroupName", change: "a new one instead of an existing one", before: existing("legacy"), does: byGroup},
		{property: "AllowedSecurityGroups", change: "a first client", ordinary: true, after: clients("Client")},
		{property: "AllowedSecurityGroups", change: "one more client", ordinary: true,
			before: clients("Client"), after: clients("Client", "Another")},
		{property: "AllowedSecurityGroups", change: "a client less", ordinary: true,
			before: clients("Client", "Another"), after: clients("Client")},
		{property: "ConnectFunction", change: "a function", ordinary: true, call: func(f fixture, cache rediscache.RedisCache) {
			cache.ConnectFunction(newFunction(f.stack, "Fn", f.vpc), nil)
		}},
		{property: "ConnectClient", change: "a client", ordinary: true, call: func(f fixture, cache rediscache.RedisCache) {
			cache.ConnectClient(newSecurityGroup(f.stack, "Client", f.vpc), newRole(f.stack, "Role"))
		}},
		{property: "GrantConnect", change: "a role", ordinary: true, call: func(f fixture, cache rediscache.RedisCache) {
			cache.GrantConnect(newRole(f.stack, "Role"))
		}},
		// The default one goes because the caller's takes its place.
		{property: "SecurityGroups", change: "own instead of the default", ordinary: true, after: own, does: []string{"SecurityGroup gone"}},
		{property: "SecurityGroups", change: "the default instead of own", ordinary: true, before: own},
		{property: "Port", change: "another", after: set(func(p *props) { p.Port = jsii.Number(6380) }), does: replacedBy("Port")},
	}
}

func engineChanges() []change {
	engine := func(version rediscache.EngineVersion) propsChange { return set(func(p *props) { p.Engine = version }) }
	redis60, redis62 := engine(rediscache.EngineVersion_REDIS_6_0()), engine(rediscache.EngineVersion_REDIS_6_2())
	redis70 := engine(rediscache.EngineVersion_REDIS_7_0())
	valkey80, valkey82 := engine(rediscache.EngineVersion_VALKEY_8_0()), engine(rediscache.EngineVersion_VALKEY_8_2())
	later := engine(rediscache.EngineVersion_Of(jsii.String("valkey"), jsii.String("10.0"), jsii.String("valkey10")))
	timeout := set(func(p *props) { p.Parameters = &map[string]*string{"timeout": jsii.String("300")} })
	gone := func(family string) []string { return []string{"ParameterGroup" + family + " gone"} }
	redis6, redis7, valkey8 := gone("Redis6x"), gone("Redis7"), gone("Valkey8")
	return []change{
		{property: "Engine", change: "Redis 7.0 to 7.1, one family", ordinary: true, before: redis70},
		{property: "Engine", change: "Redis 6.0 to 6.2, which has an engine log", ordinary: true, before: redis60, after: redis62},
		{property: "Engine", change: "Redis 6.2 to 7.1", ordinary: true, before: redis62, does: redis6},
		{property: "Engine", change: "Redis 6.0 to 7.0", ordinary: true, before: redis60, after: redis70, does: redis6},
		{property: "Engine", change: "Redis 7.1 to Valkey 7.2", ordinary: true,
			after: engine(rediscache.EngineVersion_VALKEY_7_2()), does: redis7},
		{property: "Engine", change: "Redis 7.1 to Valkey 8.0", ordinary: true, after: valkey80, does: redis7},
		{property: "Engine", change: "Valkey 8.0 to 8.2, one family", ordinary: true, before: valkey80, after: valkey82},
		{property: "Engine", change: "Valkey 8.2 to one that came later", ordinary: true, before: valkey82, after: later, does: valkey8},
		{property: "AutoMinorVersionUpgrade", change: "off", ordinary: true, after: set(func(p *props) {
			p.AutoMinorVersionUpgrade = jsii.Bool(false)
		})},
		{property: "MaxmemoryPolicy", change: "another", ordinary: true, after: set(func(p *props) {
			p.MaxmemoryPolicy = rediscache.MaxmemoryPolicy_VOLATILE_TTL
		})},
		{property: "SlowLogThreshold", change: "another", ordinary: true, after: set(func(p *props) {
			p.SlowLogThreshold = awscdk.Duration_Millis(jsii.Number(50))
		})},
		{property: "Parameters", change: "one more", ordinary: true, after: timeout},
		{property: "Parameters", change: "one less", ordinary: true, before: timeout},
	}
}

func topologyChanges() []change {
	nodeType := func(name string) propsChange { return set(func(p *props) { p.NodeType = &name }) }
	nodes := func(number float64) propsChange { return set(func(p *props) { p.NumCacheNodes = &number }) }
	oneZone := set(func(p *props) { p.MultiAzEnabled = jsii.Bool(false) })
	plain, tiered, byTiering := nodeType("cache.r6g.xlarge"), nodeType("cache.r6gd.xlarge"), replacedBy("DataTieringEnabled")
	return []change{
		{property: "NodeType", change: "larger", ordinary: true, after: nodeType("cache.t3.medium")},
		{property: "NodeType", change: "another family", ordinary: true, after: nodeType("cache.r7g.large")},
		{property: "NodeType", change: "to one with data tiering", before: plain, after: tiered, does: byTiering},
		{property: "NodeType", change: "from one with data tiering", before: tiered, after: plain, does: byTiering},
		{property: "NodeType", change: "larger, with data tiering", ordinary: true, before: tiered, after: nodeType("cache.r6gd.2xlarge")},
		{property: "NumCacheNodes", change: "2 to 3", ordinary: true, after: nodes(3)},
		{property: "NumCacheNodes", change: "2 to 6", ordinary: true, after: nodes(6)},
		{property: "NumCacheNodes", change: "2 to 1", ordinary: true, after: nodes(1)},
		{property: "NumCacheNodes", change: "1 to 2", ordinary: true, before: nodes(1)},
		{property: "MultiAzEnabled", change: "off", ordinary: true, after: oneZone},
		{property: "MultiAzEnabled", change: "on", ordinary: true, before: oneZone},
	}
}

func loginChanges() []change {
	login := func(of rediscache.Authentication) propsChange { return set(func(p *props) { p.Authentication = of }) }
	stored := func(secretID string) propsChange {
		return login(rediscache.Authentication_Token(secretsManagerValue(secretID, "token"), nil))
	}
	unstored := login(rediscache.Authentication_Token(secretsManagerValue("own", "token"), &rediscache.TokenOptions{Store: jsii.Bool(false)}))
	none, iam := login(rediscache.Authentication_None()), login(rediscache.Authentication_Iam(nil))
	rotated := login(rediscache.Authentication_GeneratedToken(&rediscache.GeneratedTokenOptions{Rotation: &rediscache.RotationOptions{}}))
	group := func(id string) propsChange {
		return func(f fixture, p *props) {
			p.Authentication = rediscache.Authentication_UserGroup(awselasticache.CfnUserGroup_FromUserGroupId(f.stack, &id, &id))
		}
	}
	key := func(id string) propsChange {
		return func(f fixture, p *props) { p.EncryptionKey = awskms.NewKey(f.stack, &id, nil) }
	}
	byToken, byKey := replacedBy("AuthToken"), replacedBy("KmsKeyId")
	tokenGone := []string{"AuthToken gone", "Connection gone", byToken[0]}
	usersGone := []string{"DefaultUser gone", "User gone", "UserGroup gone"}
	tokenBack := []string{"DefaultUser gone", byToken[0], "User gone", "UserGroup gone"}
	return []change{
		{property: "Authentication", change: "a generated token instead of none", before: none, does: byToken},
		{property: "Authentication", change: "none instead of a generated token", after: none, does: tokenGone},
		{property: "Authentication", change: "IAM instead of a generated token", after: iam, does: tokenGone},
		{property: "Authentication", change: "a generated token instead of IAM", before: iam, does: tokenBack},
		// UserGroupIds is neither create-only nor conditional in the schema; no deployment has shown that it works.
		{property: "Authentication", change: "IAM instead of none", before: none, after: iam},
		{property: "Authentication", change: "none instead of IAM", before: iam, after: none, does: usersGone},
		{property: "Authentication", change: "a user group of the caller instead of none", before: none, after: group("own")},
		{property: "Authentication", change: "another user group of the caller", before: group("own"), after: group("other")},
		{property: "Authentication", change: "a token of the caller instead of a generated one", after: stored("own"),
			does: []string{"AuthToken gone"}},
		{property: "Authentication", change: "a generated token instead of the caller's", before: stored("own")},
		{property: "Authentication", change: "another secret", before: stored("own"), after: stored("other")},
		{property: "Authentication", change: "no longer stored", before: stored("own"), after: unstored, does: []string{"Connection gone"}},
		{property: "Authentication", change: "stored", before: unstored, after: stored("own")},
		{property: "Authentication", change: "rotated", ordinary: true, after: rotated},
		{property: "Authentication", change: "no longer rotated", before: rotated, does: []string{
			"TokenOverdueLog gone", "TokenRotatorLog gone", "TokenTesterLog gone", "TokenTesterSecurityGroup gone",
		}},
		{property: "AddUser", change: "a user", ordinary: true, before: iam, after: iam, call: func(_ fixture, cache rediscache.RedisCache) {
			cache.AddUser(jsii.String("Reports"), nil)
		}},
		{property: "EncryptionKey", change: "given", after: key("Key"), does: byKey},
		{property: "EncryptionKey", change: "another", before: key("Key"), after: key("Other"), does: byKey},
		{property: "EncryptionKey", change: "taken away", before: key("Key"), does: byKey},
	}
}

func backupChanges() []change {
	snapshot := func(name string) propsChange { return set(func(p *props) { p.SnapshotName = &name }) }
	file := func(arn string) propsChange { return set(func(p *props) { p.SnapshotArns = &[]*string{&arn} }) }
	removal := func(policy awscdk.RemovalPolicy) propsChange { return set(func(p *props) { p.RemovalPolicy = policy }) }
	retention := func(days float64) propsChange { return set(func(p *props) { p.SnapshotRetentionLimit = &days }) }
	a, b := file("arn:aws:s3:::b/a.rdb"), file("arn:aws:s3:::b/b.rdb")
	byName, byFile := replacedBy("SnapshotName"), replacedBy("SnapshotArns")
	return []change{
		{property: "SnapshotRetentionLimit", change: "longer", ordinary: true, after: retention(35)},
		{property: "SnapshotRetentionLimit", change: "off", ordinary: true, after: retention(0)},
		{property: "SnapshotWindow", change: "another", ordinary: true, after: set(func(p *props) {
			p.SnapshotWindow = jsii.String("01:00-02:00")
		})},
		{property: "MaintenanceWindow", change: "another", ordinary: true, after: set(func(p *props) {
			p.MaintenanceWindow = jsii.String("mon:08:00-mon:09:00")
		})},
		{property: "SnapshotName", change: "given", after: snapshot("monday"), does: byName},
		{property: "SnapshotName", change: "another", before: snapshot("monday"), after: snapshot("friday"), does: byName},
		{property: "SnapshotName", change: "taken away", before: snapshot("monday"), does: byName},
		{property: "SnapshotArns", change: "given", after: a, does: byFile},
		{property: "SnapshotArns", change: "another", before: a, after: b, does: byFile},
		{property: "SnapshotArns", change: "taken away", before: a, does: byFile},
		{property: "RemovalPolicy", change: "keep", ordinary: true, after: removal(awscdk.RemovalPolicy_RETAIN)},
		{property: "RemovalPolicy", change: "destroy", ordinary: true, after: removal(awscdk.RemovalPolicy_DESTROY)},
		{property: "RemovalPolicy", change: "keep no longer", ordinary: true,
			before: removal(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)},
	}
}

func monitoringChanges() []change {
	topic := func(id string) propsChange {
		return func(f fixture, p *props) { p.NotificationTopic = awssns.NewTopic(f.stack, &id, nil) }
	}
	sns := func(f fixture, p *props) {
		p.AlarmActions = &actions{snsAction(awssns.NewTopic(f.stack, jsii.String("Topic"), nil))}
	}
	lambda := func(f fixture, p *props) {
		p.AlarmActions = &actions{awscloudwatchactions.NewLambdaAction(newFunction(f.stack, "Fn", f.vpc), nil)}
	}
	alarms := func(options rediscache.AlarmOptions) propsChange { return set(func(p *props) { p.Alarms = &options }) }
	off := func() *rediscache.AlarmThreshold { return &rediscache.AlarmThreshold{Enabled: jsii.Bool(false)} }
	return []change{
		{property: "NotificationTopic", change: "given", ordinary: true, after: topic("Events")},
		{property: "NotificationTopic", change: "another", ordinary: true, before: topic("Events"), after: topic("Others")},
		{property: "AlarmActions", change: "a topic", ordinary: true, after: sns},
		{property: "AlarmActions", change: "a function instead of a topic", ordinary: true, before: sns, after: lambda},
		{property: "Alarms", change: "another threshold", ordinary: true, after: alarms(rediscache.AlarmOptions{
			Cpu: &rediscache.AlarmThreshold{Threshold: jsii.Number(40), EvaluationPeriods: jsii.Number(5)}})},
		{property: "Alarms", change: "one more kind", ordinary: true, before: alarms(rediscache.AlarmOptions{EngineCpu: off()})},
		{property: "Alarms", change: "one kind off", ordinary: true, after: alarms(rediscache.AlarmOptions{CacheHitRate: off()})},
		{property: "Alarms", change: "off", ordinary: true, after: alarms(rediscache.AlarmOptions{Enabled: jsii.Bool(false)})},
		{property: "Dashboard", change: "on", ordinary: true, after: set(func(p *props) { p.Dashboard = jsii.Bool(true) })},
		{property: "LogRetention", change: "longer", ordinary: true, after: set(func(p *props) {
			p.LogRetention = awslogs.RetentionDays_ONE_YEAR
		})},
	}
}
