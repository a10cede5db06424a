package rediscache_test

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// What a change of a property does to a cache that is deployed: CloudFormation replaces a resource when a create-only
// property of it changes, and removes one whose logical id is gone.

// createOnly are the create-only properties of each type (CloudFormation registry schemas).
var createOnly = map[string][]string{
	"AWS::ElastiCache::ReplicationGroup": {
		"AtRestEncryptionEnabled", "CacheSubnetGroupName", "DataTieringEnabled", "GlobalReplicationGroupId", "KmsKeyId",
		"NetworkType", "Port", "PreferredCacheClusterAZs", "ReplicationGroupId", "SnapshotArns",
		"SnapshotName",
	},
	"AWS::ElastiCache::ParameterGroup": {"CacheParameterGroupFamily"},
	"AWS::ElastiCache::SubnetGroup":    {"CacheSubnetGroupName"},
	"AWS::EC2::SecurityGroup":          {"GroupDescription", "GroupName", "VpcId"},
	"AWS::SecretsManager::Secret":      {"Name"},
	"AWS::Logs::LogGroup":              {"LogGroupName"},
	"AWS::CloudWatch::Alarm":           {"AlarmName"},
	"AWS::CloudWatch::Dashboard":       {"DashboardName"},
}

// createOnlyWhenAdded replace a resource that had none; a changed value does not.
var createOnlyWhenAdded = map[string][]string{"AWS::ElastiCache::ReplicationGroup": {"AuthToken"}}

// stateful are the types whose removal loses something, or which others hold on to by name.
var stateful = map[string]bool{
	"AWS::ElastiCache::ReplicationGroup": true,
	"AWS::ElastiCache::ParameterGroup":   true,
	"AWS::ElastiCache::SubnetGroup":      true,
	"AWS::EC2::SecurityGroup":            true,
	"AWS::SecretsManager::Secret":        true,
	"AWS::Logs::LogGroup":                true,
}

// physicalNames are the create-only properties that have to be unique, so that two resources cannot have one at a time.
var physicalNames = map[string]string{
	"AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
	"AWS::ElastiCache::SubnetGroup":      "CacheSubnetGroupName",
	"AWS::EC2::SecurityGroup":            "GroupName",
	"AWS::SecretsManager::Secret":        "Name",
	"AWS::Logs::LogGroup":                "LogGroupName",
	"AWS::CloudWatch::Alarm":             "AlarmName",
	"AWS::CloudWatch::Dashboard":         "DashboardName",
}

// replacements says what an update from one template to the other does to the resources of the cache, sorted:
// "ReplicationGroup replaced by Port" and, for stateful ones, "SlowLog gone".
func replacements(before, after template) []string {
	var found []string
	for id, property := range replaced(before, after) {
		found = append(found, shortId(id)+" replaced by "+property)
	}
	for id, old := range before.Resources {
		if now, kept := after.Resources[id]; stateful[old.Type] && (!kept || now.Type != old.Type) && isOfCache(id) {
			found = append(found, shortId(id)+" gone")
		}
	}
	slices.Sort(found)
	return found
}

// replaced are the logical ids of what CloudFormation replaces, with the property for which it does: a create-only one
// that changed, or that refers to a resource which is itself replaced.
func replaced(before, after template) map[string]string {
	found := map[string]string{}
	for again := true; again; {
		again = false
		for id, old := range before.Resources {
			now, kept := after.Resources[id]
			if !kept || now.Type != old.Type || !isOfCache(id) || found[id] != "" {
				continue
			}
			if property := replacingProperty(old, now, found); property != "" {
				found[id], again = property, true
			}
		}
	}
	return found
}

func replacingProperty(old, now resource, replaced map[string]string) string {
	for _, property := range createOnly[old.Type] {
		if !reflect.DeepEqual(old.Properties[property], now.Properties[property]) || refersTo(now.Properties[property], replaced) {
			return property
		}
	}
	for _, property := range createOnlyWhenAdded[old.Type] {
		if old.Properties[property] == nil && now.Properties[property] != nil {
			return property
		}
	}
	return ""
}

// refersTo tells whether a value has a Ref or GetAtt of one of the logical ids.
func refersTo(value any, ids map[string]string) bool {
	text, _ := json.Marshal(value)
	for id := range ids {
		if strings.Contains(string(text), `"`+id+`"`) {
			return true
		}
	}
	return false
}

// collisions are the physical names that the update would have to give to a second resource before the first is gone,
// which CloudFormation refuses: of a resource that is replaced and keeps its name, or that has a new logical id.
func collisions(before, after template) []string {
	taken := map[string]string{}
	for id, old := range before.Resources {
		if name, named := old.Properties[physicalNames[old.Type]]; named {
			taken[old.Type+" "+jsonOf(name)] = id
		}
	}
	replaced := replaced(before, after)
	var found []string
	for id, now := range after.Resources {
		owner, exists := taken[now.Type+" "+jsonOf(now.Properties[physicalNames[now.Type]])]
		if exists && isOfCache(id) && (owner != id || replaced[id] != "") {
			found = append(found, shortId(id))
		}
	}
	slices.Sort(found)
	return found
}

func jsonOf(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}

var cacheId = regexp.MustCompile(`^Cache(.*)[0-9A-F]{8}$`)

func isOfCache(id string) bool { return cacheId.MatchString(id) }

// shortId is a logical id without the construct's name and the hash of its path.
func shortId(id string) string { return cacheId.ReplaceAllString(id, "$1") }

// change is one change of a property, and all that it does.
type change struct {
	property      string // of RedisCacheProps, or a method that changes the template
	change        string
	before, after func(f fixture, props *cacheProps)
	call          func(f fixture, cache rediscache.RedisCache) // after the cache was made, in the second template
	does          []string                                     // what replacements finds
	ordinary      bool                                         // the brief's list: nothing stateful may be replaced or renamed
	renamesGroup  bool                                         // so that a new group does not need the id of the old one
}

type propsChange = func(f fixture, props *cacheProps)

// set makes a change that needs nothing of the stack.
func set(change func(props *cacheProps)) propsChange {
	return func(_ fixture, props *cacheProps) { change(props) }
}

type cacheProps = rediscache.RedisCacheProps

func changes() []change {
	name := func(name string) propsChange { return set(func(props *cacheProps) { props.Name = &name }) }
	engine := func(version rediscache.EngineVersion) propsChange {
		return set(func(props *cacheProps) { props.Engine = version })
	}
	nodeType := func(name string) propsChange { return set(func(props *cacheProps) { props.NodeType = &name }) }
	nodes := func(number float64) propsChange {
		return set(func(props *cacheProps) { props.NumCacheNodes = &number })
	}
	clusterMode := func(nodeGroups, replicas float64) propsChange {
		return set(func(props *cacheProps) {
			props.ClusterMode = &rediscache.ClusterModeOptions{NumNodeGroups: &nodeGroups, ReplicasPerNodeGroup: &replicas}
		})
	}
	snapshot := func(name string) propsChange { return set(func(props *cacheProps) { props.SnapshotName = &name }) }
	snapshotArn := func(arn string) propsChange {
		return set(func(props *cacheProps) { props.SnapshotArns = &[]*string{&arn} })
	}
	alarms := func(options rediscache.AlarmOptions) propsChange {
		return set(func(props *cacheProps) { props.Alarms = &options })
	}
	removal := func(policy awscdk.RemovalPolicy) propsChange {
		return set(func(props *cacheProps) { props.RemovalPolicy = policy })
	}
	parameters := func(of map[string]*string) propsChange {
		return set(func(props *cacheProps) { props.Parameters = &of })
	}
	topic := func(id string) propsChange {
		return func(f fixture, props *cacheProps) { props.NotificationTopic = awssns.NewTopic(f.stack, &id, nil) }
	}
	key := func(id string) propsChange {
		return func(f fixture, props *cacheProps) { props.EncryptionKey = awskms.NewKey(f.stack, &id, nil) }
	}
	authentication := func(of rediscache.Authentication) propsChange {
		return set(func(props *cacheProps) { props.Authentication = of })
	}
	secretValue := func(secret string) awscdk.SecretValue {
		return awscdk.SecretValue_SecretsManager(&secret, &awscdk.SecretsManagerSecretOptions{JsonField: jsii.String("token")})
	}
	token := func(secret string) propsChange {
		return authentication(rediscache.Authentication_Token(secretValue(secret), nil))
	}
	unstored := func(secret string) propsChange {
		return authentication(rediscache.Authentication_Token(secretValue(secret), &rediscache.TokenOptions{Store: jsii.Bool(false)}))
	}
	noAuth := authentication(rediscache.Authentication_None())
	clients := func(ids ...string) propsChange {
		return func(f fixture, props *cacheProps) {
			var groups []awsec2.ISecurityGroup
			for _, id := range ids {
				groups = append(groups, awsec2.NewSecurityGroup(f.stack, &id, &awsec2.SecurityGroupProps{Vpc: f.vpc}))
			}
			props.AllowedSecurityGroups = &groups
		}
	}
	ownSecurityGroup := func(f fixture, props *cacheProps) {
		props.SecurityGroups = &[]awsec2.ISecurityGroup{
			awsec2.NewSecurityGroup(f.stack, jsii.String("Own"), &awsec2.SecurityGroupProps{Vpc: f.vpc}),
		}
	}
	sns := func(f fixture, props *cacheProps) {
		props.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(awssns.NewTopic(f.stack, jsii.String("Topic"), nil))}
	}
	lambda := func(f fixture, props *cacheProps) {
		props.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewLambdaAction(f.inlineFunction(), nil)}
	}
	groupID := func(id string) propsChange {
		return set(func(props *cacheProps) { props.ReplicationGroupId = &id })
	}
	existingSubnetGroup := func(name string) propsChange {
		return set(func(props *cacheProps) { props.SubnetGroupName = &name })
	}
	replicationGroup := func(property string) []string { return []string{"ReplicationGroup replaced by " + property} }

	return []change{
		{property: "Name", change: "given", after: name("prod"), does: renamed},
		{property: "Name", change: "another", before: name("test"), after: name("prod"), does: renamed},
		{property: "Name", change: "taken away", before: name("test"), does: renamed},
		{property: "ReplicationGroupId", change: "given", renamesGroup: true, after: groupID("legacy"), does: replicationGroup("ReplicationGroupId")},
		{property: "ReplicationGroupId", change: "another", renamesGroup: true, before: groupID("legacy"), after: groupID("other"),
			does: replicationGroup("ReplicationGroupId")},
		{property: "ReplicationGroupId", change: "taken away", renamesGroup: true, before: groupID("legacy"), does: replicationGroup("ReplicationGroupId")},
		{property: "Description", change: "given", ordinary: true, after: set(func(props *cacheProps) { props.Description = jsii.String("Queries") })},

		// ElastiCache refuses a subnet group's move to another VPC, so this fails rather than replaces.
		{property: "Vpc", change: "another", after: otherVpc, does: []string{"SecurityGroup replaced by VpcId"}},
		{property: "VpcSubnets", change: "other subnets of the VPC", after: set(func(props *cacheProps) {
			props.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
		})},
		{property: "SubnetGroupName", change: "an existing one instead of a new one", after: existingSubnetGroup("legacy"),
			does: append(replicationGroup("CacheSubnetGroupName"), "SubnetGroup gone")},
		{property: "SubnetGroupName", change: "another", before: existingSubnetGroup("legacy"), after: existingSubnetGroup("other"),
			does: replicationGroup("CacheSubnetGroupName")},
		{property: "SubnetGroupName", change: "a new one instead of an existing one", before: existingSubnetGroup("legacy"),
			does: replicationGroup("CacheSubnetGroupName")},
		{property: "AllowedSecurityGroups", change: "a first client", ordinary: true, after: clients("Client")},
		{property: "AllowedSecurityGroups", change: "one more client", ordinary: true, before: clients("Client"), after: clients("Client", "Another")},
		{property: "AllowedSecurityGroups", change: "a client less", ordinary: true, before: clients("Client", "Another"), after: clients("Client")},
		{property: "ConnectFunction", change: "a function", ordinary: true, call: fixture.connectFunction},
		{property: "GrantConnect", change: "a role", ordinary: true, call: fixture.grantConnect},
		// The default one goes because the caller's takes its place.
		{property: "SecurityGroups", change: "own instead of the default", ordinary: true, after: ownSecurityGroup, does: []string{"SecurityGroup gone"}},
		{property: "SecurityGroups", change: "the default instead of own", ordinary: true, before: ownSecurityGroup},
		{property: "Port", change: "another", after: set(func(props *cacheProps) { props.Port = jsii.Number(6380) }), does: replicationGroup("Port")},

		{property: "Engine", change: "Redis 7.0 to 7.1, one family", ordinary: true, before: engine(rediscache.EngineVersion_REDIS_7_0())},
		{property: "Engine", change: "Redis 6.0 to 6.2, which has an engine log", ordinary: true,
			before: engine(rediscache.EngineVersion_REDIS_6_0()), after: engine(rediscache.EngineVersion_REDIS_6_2())},
		{property: "Engine", change: "Redis 6.2 to 7.1", ordinary: true, before: engine(rediscache.EngineVersion_REDIS_6_2()), does: []string{"ParameterGroupRedis6x gone"}},
		{property: "Engine", change: "Redis 6.0 to 7.0", ordinary: true, before: engine(rediscache.EngineVersion_REDIS_6_0()),
			after: engine(rediscache.EngineVersion_REDIS_7_0()), does: []string{"ParameterGroupRedis6x gone"}},
		{property: "Engine", change: "Redis 7.1 to Valkey 7.2", ordinary: true, after: engine(rediscache.EngineVersion_VALKEY_7_2()), does: []string{"ParameterGroupRedis7 gone"}},
		{property: "Engine", change: "Redis 7.1 to Valkey 8.0", ordinary: true, after: engine(rediscache.EngineVersion_VALKEY_8_0()), does: []string{"ParameterGroupRedis7 gone"}},
		{property: "Engine", change: "Valkey 8.0 to 8.2, one family", ordinary: true,
			before: engine(rediscache.EngineVersion_VALKEY_8_0()), after: engine(rediscache.EngineVersion_VALKEY_8_2())},
		{property: "Engine", change: "Valkey 8.2 to one that came later", ordinary: true, before: engine(rediscache.EngineVersion_VALKEY_8_2()),
			after: engine(rediscache.EngineVersion_Of(jsii.String("valkey"), jsii.String("10.0"), jsii.String("valkey10"))), does: []string{"ParameterGroupValkey8 gone"}},

		{property: "NodeType", change: "larger", ordinary: true, after: nodeType("cache.t3.medium")},
		{property: "NodeType", change: "another family", ordinary: true, after: nodeType("cache.r7g.large")},
		{property: "NodeType", change: "to one with data tiering", before: nodeType("cache.r6g.xlarge"), after: nodeType("cache.r6gd.xlarge"), does: replicationGroup("DataTieringEnabled")},
		{property: "NodeType", change: "from one with data tiering", before: nodeType("cache.r6gd.xlarge"), after: nodeType("cache.r6g.xlarge"), does: replicationGroup("DataTieringEnabled")},
		{property: "NodeType", change: "larger, with data tiering", ordinary: true, before: nodeType("cache.r6gd.xlarge"), after: nodeType("cache.r6gd.2xlarge")},
		{property: "NumCacheNodes", change: "2 to 3", ordinary: true, after: nodes(3)},
		{property: "NumCacheNodes", change: "2 to 6", ordinary: true, after: nodes(6)},
		{property: "NumCacheNodes", change: "2 to 1", ordinary: true, after: nodes(1)},
		{property: "NumCacheNodes", change: "1 to 2", ordinary: true, before: nodes(1)},
		// CloudFormation's schema has none of it as create-only; ElastiCache refuses to change cluster-enabled of a living group.
		{property: "ClusterMode", change: "on", after: clusterMode(2, 1)},
		{property: "ClusterMode", change: "off", before: clusterMode(2, 1)},
		{property: "ClusterMode", change: "one more node group", ordinary: true, before: clusterMode(2, 1), after: clusterMode(3, 1)},
		{property: "ClusterMode", change: "one more replica", ordinary: true, before: clusterMode(2, 1), after: clusterMode(2, 2)},
		{property: "MultiAzEnabled", change: "off", ordinary: true, after: set(func(props *cacheProps) { props.MultiAzEnabled = jsii.Bool(false) })},
		{property: "MultiAzEnabled", change: "on", ordinary: true, before: set(func(props *cacheProps) { props.MultiAzEnabled = jsii.Bool(false) })},
		{property: "MaxmemoryPolicy", change: "another", ordinary: true, after: set(func(props *cacheProps) { props.MaxmemoryPolicy = rediscache.MaxmemoryPolicy_VOLATILE_TTL })},
		{property: "SlowLogThreshold", change: "another", ordinary: true, after: set(func(props *cacheProps) { props.SlowLogThreshold = awscdk.Duration_Millis(jsii.Number(50)) })},
		{property: "Parameters", change: "one more", ordinary: true, after: parameters(map[string]*string{"timeout": jsii.String("300")})},
		{property: "Parameters", change: "one less", ordinary: true, before: parameters(map[string]*string{"timeout": jsii.String("300")})},

		{property: "Authentication", change: "a generated token instead of none", before: noAuth, does: replicationGroup("AuthToken")},
		{property: "Authentication", change: "none instead of a generated token", after: noAuth, does: []string{"AuthToken gone", "Connection gone"}},
		{property: "Authentication", change: "own token instead of a generated one", after: token("own"), does: []string{"AuthToken gone"}},
		{property: "Authentication", change: "a generated one instead of own", before: token("own")},
		{property: "Authentication", change: "another secret", before: token("own"), after: token("other")},
		{property: "Authentication", change: "no longer stored", before: token("own"), after: unstored("own"), does: []string{"Connection gone"}},
		{property: "Authentication", change: "stored", before: unstored("own"), after: token("own")},
		{property: "EncryptionKey", change: "given", after: key("Key"), does: replicationGroup("KmsKeyId")},
		{property: "EncryptionKey", change: "another", before: key("Key"), after: key("Other"), does: replicationGroup("KmsKeyId")},
		{property: "EncryptionKey", change: "taken away", before: key("Key"), does: replicationGroup("KmsKeyId")},

		{property: "SnapshotRetentionLimit", change: "longer", ordinary: true, after: set(func(props *cacheProps) { props.SnapshotRetentionLimit = jsii.Number(35) })},
		{property: "SnapshotRetentionLimit", change: "off", ordinary: true, after: set(func(props *cacheProps) { props.SnapshotRetentionLimit = jsii.Number(0) })},
		{property: "SnapshotWindow", change: "another", ordinary: true, after: set(func(props *cacheProps) { props.SnapshotWindow = jsii.String("01:00-02:00") })},
		{property: "MaintenanceWindow", change: "another", ordinary: true, after: set(func(props *cacheProps) { props.MaintenanceWindow = jsii.String("mon:08:00-mon:09:00") })},
		{property: "SnapshotName", change: "given", after: snapshot("monday"), does: replicationGroup("SnapshotName")},
		{property: "SnapshotName", change: "another", before: snapshot("monday"), after: snapshot("friday"), does: replicationGroup("SnapshotName")},
		{property: "SnapshotName", change: "taken away", before: snapshot("monday"), does: replicationGroup("SnapshotName")},
		{property: "SnapshotArns", change: "given", after: snapshotArn("arn:aws:s3:::b/a.rdb"), does: replicationGroup("SnapshotArns")},
		{property: "SnapshotArns", change: "another", before: snapshotArn("arn:aws:s3:::b/a.rdb"), after: snapshotArn("arn:aws:s3:::b/b.rdb"), does: replicationGroup("SnapshotArns")},
		{property: "SnapshotArns", change: "taken away", before: snapshotArn("arn:aws:s3:::b/a.rdb"), does: replicationGroup("SnapshotArns")},
		{property: "AutoMinorVersionUpgrade", change: "off", ordinary: true, after: set(func(props *cacheProps) { props.AutoMinorVersionUpgrade = jsii.Bool(false) })},
		{property: "RemovalPolicy", change: "keep", ordinary: true, after: removal(awscdk.RemovalPolicy_RETAIN)},
		{property: "RemovalPolicy", change: "destroy", ordinary: true, after: removal(awscdk.RemovalPolicy_DESTROY)},
		{property: "RemovalPolicy", change: "keep no longer", ordinary: true, before: removal(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)},

		{property: "NotificationTopic", change: "given", ordinary: true, after: topic("Events")},
		{property: "NotificationTopic", change: "another", ordinary: true, before: topic("Events"), after: topic("Others")},
		{property: "AlarmActions", change: "a topic", ordinary: true, after: sns},
		{property: "AlarmActions", change: "a function instead of a topic", ordinary: true, before: sns, after: lambda},
		{property: "Alarms", change: "another threshold", ordinary: true, after: alarms(rediscache.AlarmOptions{
			Cpu: &rediscache.AlarmThreshold{Threshold: jsii.Number(40), EvaluationPeriods: jsii.Number(5)}})},
		{property: "Alarms", change: "one more kind", ordinary: true,
			before: alarms(rediscache.AlarmOptions{EngineCpu: &rediscache.AlarmThreshold{Enabled: jsii.Bool(false)}})},
		{property: "Alarms", change: "one kind off", ordinary: true, after: alarms(rediscache.AlarmOptions{
			CacheHitRate: &rediscache.AlarmThreshold{Enabled: jsii.Bool(false)}})},
		{property: "Alarms", change: "off", ordinary: true, after: alarms(rediscache.AlarmOptions{Enabled: jsii.Bool(false)})},
		{property: "Dashboard", change: "on", ordinary: true, after: set(func(props *cacheProps) { props.Dashboard = jsii.Bool(true) })},
		{property: "LogRetention", change: "longer", ordinary: true, after: set(func(props *cacheProps) { props.LogRetention = awslogs.RetentionDays_ONE_YEAR })},
		{property: "Tags", change: "one more", ordinary: true, after: set(func(props *cacheProps) { props.Tags = &map[string]*string{"Tier": jsii.String("Premium")} })},
	}
}

// renamed is what another Name does: everything that has a physical name, and the security group, whose description has
// the Name.
var renamed = func() []string {
	list := []string{
		"AuthToken replaced by Name", "Connection replaced by Name", "EngineLog replaced by LogGroupName",
		"ReplicationGroup replaced by ReplicationGroupId", "SecurityGroup replaced by GroupDescription", "SlowLog replaced by LogGroupName",
	}
	for _, kind := range []string{"Cpu", "EngineCpu", "CpuCreditBalance", "Memory", "Evictions", "CacheHitRate", "ReplicationLag", "NodeUnreachable", "AuthenticationFailures"} {
		list = append(list, kind+"Alarm1 replaced by AlarmName", kind+"Alarm2 replaced by AlarmName")
	}
	slices.Sort(list)
	return list
}()

func otherVpc(f fixture, props *cacheProps) {
	props.Vpc = awsec2.Vpc_FromVpcAttributes(f.stack, jsii.String("OtherVpc"), &awsec2.VpcAttributes{
		VpcId:             jsii.String("vpc-0a1b2c3d"),
		AvailabilityZones: jsii.Strings("us-east-1a", "us-east-1b"),
		IsolatedSubnetIds: jsii.Strings("subnet-0a1b2c3d", "subnet-0a1b2c3e"),
	})
}

func (f fixture) inlineFunction() awslambda.Function {
	return awslambda.NewFunction(f.stack, jsii.String("Function"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_NODEJS_22_X(),
		Handler: jsii.String("index.handler"),
		Code:    awslambda.Code_FromInline(jsii.String("//")),
		Vpc:     f.vpc,
	})
}

func (f fixture) connectFunction(cache rediscache.RedisCache) {
	cache.ConnectFunction(f.inlineFunction(), nil)
}

func (f fixture) grantConnect(cache rediscache.RedisCache) {
	cache.GrantConnect(awsiam.NewRole(f.stack, jsii.String("Role"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	}))
}

// templates are those of a cache before and after the change; name may be nil.
func (c change) templates(t testing.TB, name *string) (before, after template) {
	t.Helper()
	synthesized := func(change propsChange, call func(fixture, rediscache.RedisCache)) template {
		f := newFixture()
		cache := f.cache(func(props *cacheProps) {
			props.Name = name
			if change != nil {
				change(f, props)
			}
		})
		if call != nil {
			call(f, cache)
		}
		return synthesize(t, f.stack)
	}
	if c.before == nil && unchanged[name] == nil {
		made := synthesized(nil, nil)
		unchanged[name] = &made
	}
	if c.before == nil {
		before = *unchanged[name]
	} else {
		before = synthesized(c.before, nil)
	}
	return before, synthesized(c.after, c.call)
}

// unchanged are the templates of a cache with only a name, by its pointer.
var (
	unchanged = map[*string]*template{}
	fixedName = jsii.String("securebase-prod")
)

func (c change) replacesGroup() bool {
	return slices.ContainsFunc(c.does, func(what string) bool { return strings.HasPrefix(what, "ReplicationGroup replaced") })
}

// Each change does what the table says to the cache that CloudFormation named, and to one with a Name; with the Name,
// a change that replaces the cluster would need the same name twice.
func TestWhatAChangeReplaces(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.property+"/"+c.change, func(t *testing.T) {
			before, after := c.templates(t, nil)
			require.False(t, reflect.DeepEqual(before, after), "the change has to change something")
			assert.Equal(t, c.does, replacements(before, after))
			assert.Empty(t, collisions(before, after), "a name is needed twice")

			if c.property == "Name" {
				return
			}
			before, after = c.templates(t, fixedName)
			assert.Equal(t, c.does, replacements(before, after), "with a Name")
			var refused []string
			if c.replacesGroup() && !c.renamesGroup {
				refused = []string{"ReplicationGroup"}
			}
			assert.Equal(t, refused, collisions(before, after), "names that are needed twice")
		})
	}
}

// The properties whose changes a cache with a Name cannot make: the new group would need the id of the old one.
func TestChangesThatANameMakesImpossible(t *testing.T) {
	impossible := map[string]bool{}
	for _, c := range changes() {
		if c.property == "Name" || c.renamesGroup || !c.replacesGroup() {
			continue
		}
		before, after := c.templates(t, fixedName)
		id := before.the(t, "AWS::ElastiCache::ReplicationGroup").Properties["ReplicationGroupId"]
		assert.Equal(t, "securebase-prod-redis", id)
		assert.Equal(t, id, after.the(t, "AWS::ElastiCache::ReplicationGroup").Properties["ReplicationGroupId"])
		if len(collisions(before, after)) > 0 {
			impossible[c.property] = true
		}
	}
	assert.Equal(t, []string{"Authentication", "EncryptionKey", "NodeType", "Port", "SnapshotArns", "SnapshotName", "SubnetGroupName"},
		slices.Sorted(maps.Keys(impossible)))
}

// An ordinary change leaves every stateful resource as it is. A parameter group of another family and the caller's own
// security group take the place of what was there, under logical ids that say so.
func TestOrdinaryChangesReplaceNothing(t *testing.T) {
	expected := regexp.MustCompile(`^(ParameterGroup[A-Z]\w+|SecurityGroup) gone$`)
	ordinary := 0
	for _, c := range changes() {
		if !c.ordinary {
			continue
		}
		ordinary++
		for _, what := range c.does {
			assert.Regexp(t, expected, what, "%s, %s", c.property, c.change)
			assert.Contains(t, []string{"Engine", "SecurityGroups"}, c.property, c.change)
		}
	}
	t.Logf("%d of %d changes are ordinary", ordinary, len(changes()))
}

func TestEveryPropertyHasAChange(t *testing.T) {
	changed := map[string]bool{}
	for _, c := range changes() {
		changed[c.property] = true
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[rediscache.RedisCacheProps]()) {
		assert.True(t, changed[field.Name], "no change of %s in the table", field.Name)
		delete(changed, field.Name)
	}
	assert.Equal(t, []string{"ConnectFunction", "GrantConnect"}, slices.Sorted(maps.Keys(changed)), "what is no property")
}

// A logical id is an external contract: another one would remove the resource of every cache that is deployed.
func TestLogicalIdsOfStatefulResources(t *testing.T) {
	want := map[string]string{
		"CacheAuthToken04672416":            "AWS::SecretsManager::Secret",
		"CacheConnection8F83CF9B":           "AWS::SecretsManager::Secret",
		"CacheEngineLogFEAEB291":            "AWS::Logs::LogGroup",
		"CacheParameterGroupRedis7BFA3A34C": "AWS::ElastiCache::ParameterGroup",
		"CacheReplicationGroupBFE59FF3":     "AWS::ElastiCache::ReplicationGroup",
		"CacheSecurityGroup79A9F160":        "AWS::EC2::SecurityGroup",
		"CacheSlowLog43E55961":              "AWS::Logs::LogGroup",
		"CacheSubnetGroup355C216D":          "AWS::ElastiCache::SubnetGroup",
	}
	for _, name := range []*string{nil, fixedName} {
		_, made := change{}.templates(t, name)
		got := map[string]string{}
		for id, r := range made.Resources {
			if stateful[r.Type] {
				got[id] = r.Type
			}
		}
		assert.Equal(t, want, got, "with a Name: %t", name != nil)
	}
}

// replacesRow is a row of the table in docs/replacement.md.
type replacesRow struct {
	properties []string
	change     string
	replaces   bool
}

var (
	replacesTable = regexp.MustCompile(`(?s)<!-- replaces:begin -->(.*?)<!-- replaces:end -->`)
	inBackticks   = regexp.MustCompile("`([^`]+)`")
)

func replacesRows(t testing.TB, page string) (rows []replacesRow) {
	t.Helper()
	table := replacesTable.FindStringSubmatch(page)
	require.NotNil(t, table, "no table between <!-- replaces:begin --> and <!-- replaces:end -->")
	for i, line := range strings.Split(strings.TrimSpace(table[1]), "\n") {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for c := range cells {
			cells[c] = strings.TrimSpace(cells[c])
		}
		require.Len(t, cells, 3, line)
		switch i {
		case 0:
			require.Equal(t, []string{"Property", "Change", "Replaces the group"}, cells)
			continue
		case 1:
			continue // the rule under the heading
		}
		row := replacesRow{change: cells[1]}
		for _, name := range inBackticks.FindAllStringSubmatch(cells[0], -1) {
			row.properties = append(row.properties, name[1])
		}
		require.NotEmpty(t, row.properties, "no property in backticks: %s", line)
		verdict := regexp.MustCompile(`^\**(yes|no)\b`).FindStringSubmatch(strings.ToLower(cells[2]))
		require.NotNil(t, verdict, "neither yes nor no: %s", line)
		row.replaces = verdict[1] == "yes"
		rows = append(rows, row)
	}
	require.NotEmpty(t, rows, "the table is empty")
	return rows
}

// The table has a yes for every property with a change that replaces the replication group, and no row that is wrong.
func TestThePageSaysWhatReplacesTheGroup(t *testing.T) {
	page, err := os.ReadFile("../../docs/replacement.md")
	require.NoError(t, err)
	type verdict struct {
		property string
		replaces bool
	}
	true_, said := map[verdict]bool{}, map[verdict]bool{}
	for _, c := range changes() {
		true_[verdict{c.property, c.replacesGroup()}] = true
	}
	for _, row := range replacesRows(t, string(page)) {
		for _, property := range row.properties {
			v := verdict{property, row.replaces}
			said[v] = true
			assert.True(t, true_[v], "docs/replacement.md: `%s`, %s: no change of it does that", property, row.change)
		}
	}
	for v := range true_ {
		if v.replaces {
			assert.True(t, said[v], "docs/replacement.md: no row says that a change of `%s` replaces the group", v.property)
		}
	}
}
