package rediscache_test

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// Random valid props always make a cache that keeps its promises, and random props with one mistake always make a
// ValidationError that names it.

// checkProperty runs a property so many times, or as -rapid.checks says, and logs the seed, which repeats the run.
func checkProperty(t *testing.T, checks int, property func(t *rapid.T)) {
	t.Helper()
	given := givenFlags()
	seed := uint64(time.Now().UnixNano())
	for name, value := range map[string]string{
		"rapid.checks": strconv.Itoa(checks), "rapid.seed": strconv.FormatUint(seed, 10), "rapid.nofailfile": "true", "rapid.shrinktime": "10s",
	} {
		if !given[name] {
			require.NoError(t, flag.Set(name, value))
		}
	}
	t.Logf("-rapid.checks=%s -rapid.seed=%s", flag.Lookup("rapid.checks").Value, flag.Lookup("rapid.seed").Value)
	rapid.Check(t, property)
}

var givenFlags = sync.OnceValue(func() map[string]bool {
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return given
})

// facts are the rows of a table, by column, that the props are drawn from.
func facts(table string) (rows []map[string]string) {
	file, err := os.Open("../../internal/catalog/" + table + ".csv")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		panic(err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// drawn are props, and what is to be seen of them in the template.
type drawn struct {
	*props
	stack     awscdk.Stack
	nodes     int
	nodeType  map[string]string // of the table
	engine    string            // redis or valkey
	major     int
	engineLog bool
	metrics   []string // that have an alarm on each member
	token     string   // how the group gets its token: "", generated, own
	stored    bool     // the token is in the connection secret
}

// withoutCreditAlarm leaves out the alarm that only burstable types have a metric for.
func (d *drawn) withoutCreditAlarm() {
	if d.Alarms != nil {
		d.Alarms.CpuCreditBalance = nil
	}
}

// draw draws valid props for a stack.
func draw(t *rapid.T, stack awscdk.Stack) *drawn {
	d := &drawn{props: &props{}, stack: stack}
	d.drawNetwork(t)
	d.drawEngine(t)
	d.drawNodes(t)
	d.drawToken(t)
	d.drawBackups(t)
	d.drawAlarms(t)
	if some(t, "Name") {
		d.Name = d.text(t, "Name", rapid.StringMatching(`[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,10}){0,2}`))
	}
	if some(t, "Description") {
		d.Description = d.text(t, "Description", rapid.StringMatching(`[!-~]([ -~]{0,100}[!-~])?`))
	}
	switch pick(t, "EncryptionKey", "none", "own", "imported") {
	case "own":
		d.EncryptionKey = awskms.NewKey(stack, jsii.String("Key"), nil)
	case "imported":
		d.EncryptionKey = awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String("arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"))
	}
	d.RemovalPolicy = pick(t, "RemovalPolicy", "", awscdk.RemovalPolicy_SNAPSHOT, awscdk.RemovalPolicy_RETAIN,
		awscdk.RemovalPolicy_DESTROY, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)
	d.LogRetention = pick(t, "LogRetention", "", awslogs.RetentionDays_ONE_DAY, awslogs.RetentionDays_TEN_YEARS, awslogs.RetentionDays_INFINITE)
	d.AutoMinorVersionUpgrade = pick(t, "AutoMinorVersionUpgrade", nil, jsii.Bool(true), jsii.Bool(false))
	d.Dashboard = pick(t, "Dashboard", nil, jsii.Bool(true), jsii.Bool(false))
	if some(t, "NotificationTopic") {
		d.NotificationTopic = awssns.Topic_FromTopicArn(stack, jsii.String("Events"), jsii.String("arn:aws:sns:us-east-1:111122223333:events"))
	}
	if some(t, "Tags") {
		tags := map[string]*string{}
		for i := range rapid.IntRange(0, 4).Draw(t, "number of tags") {
			key := rapid.StringMatching(`[B-Zb-z][A-Za-z0-9_.:/=+@-]{0,20}`).Draw(t, "key")
			tags[key] = d.text(t, fmt.Sprint("Tag", i), rapid.StringMatching(`[A-Za-z0-9_.:/=+@-]{0,20}`))
		}
		d.Tags = &tags
	}
	return d
}

func some(t *rapid.T, label string) bool { return rapid.Bool().Draw(t, label+" given") }

func pick[V any](t *rapid.T, label string, from ...V) V {
	return rapid.SampledFrom(from).Draw(t, label)
}

// isToken is seldom: most values are literals.
func isToken(t *rapid.T, label string) bool {
	return rapid.IntRange(0, 5).Draw(t, label+" is a token") == 5
}

// text is a literal or a parameter's value.
func (d *drawn) text(t *rapid.T, id string, literal *rapid.Generator[string]) *string {
	if isToken(t, id) {
		return awscdk.NewCfnParameter(d.stack, jsii.String("Parameter"+id), nil).ValueAsString()
	}
	return jsii.String(literal.Draw(t, id))
}

// number is a literal or a parameter's value.
func (d *drawn) number(t *rapid.T, id string, least, most int) *float64 {
	if isToken(t, id) {
		return awscdk.NewCfnParameter(d.stack, jsii.String("Parameter"+id), &awscdk.CfnParameterProps{Type: jsii.String("Number"), Default: least}).ValueAsNumber()
	}
	return jsii.Number(rapid.IntRange(least, most).Draw(t, id))
}

func (d *drawn) drawNetwork(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "VPC of the stack") == 9 {
		d.Vpc = newVpc(d.stack)
	} else {
		d.Vpc = importedVpc(d.stack)
	}
	if some(t, "VpcSubnets") {
		d.VpcSubnets = &awsec2.SubnetSelection{SubnetType: pick(t, "subnets", awsec2.SubnetType_PRIVATE_ISOLATED, awsec2.SubnetType_PRIVATE_WITH_EGRESS)}
	}
	if some(t, "Port") {
		d.Port = d.number(t, "Port", 1150, 65535)
		if *d.Port == 8005 {
			*d.Port = 8006
		}
	}
	securityGroup := func(id string) awsec2.ISecurityGroup {
		if some(t, id+" of the stack") {
			return awsec2.NewSecurityGroup(d.stack, &id, &awsec2.SecurityGroupProps{Vpc: d.Vpc})
		}
		return awsec2.SecurityGroup_FromSecurityGroupId(d.stack, &id, d.text(t, id, rapid.StringMatching("sg-[0-9a-f]{17}")), nil)
	}
	if some(t, "SecurityGroups") {
		d.SecurityGroups = &[]awsec2.ISecurityGroup{securityGroup("Own")}
	}
	if some(t, "AllowedSecurityGroups") {
		var groups []awsec2.ISecurityGroup
		for i := range rapid.IntRange(0, 3).Draw(t, "number of clients") {
			groups = append(groups, securityGroup(fmt.Sprint("Client", i)))
		}
		d.AllowedSecurityGroups = &groups
	}
}

func importedVpc(stack awscdk.Stack) awsec2.IVpc {
	return awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:             jsii.String("vpc-0a1b2c3d"),
		AvailabilityZones: jsii.Strings("us-east-1a", "us-east-1b"),
		IsolatedSubnetIds: jsii.Strings("subnet-0a1b2c31", "subnet-0a1b2c32"),
		PrivateSubnetIds:  jsii.Strings("subnet-0a1b2c33", "subnet-0a1b2c34"),
		PublicSubnetIds:   jsii.Strings("subnet-0a1b2c35", "subnet-0a1b2c36"),
	})
}

func (d *drawn) drawEngine(t *rapid.T) {
	d.engine, d.major, d.engineLog = "redis", 7, true
	family := "redis7"
	if some(t, "Engine") {
		rows := append(facts("engine-versions"),
			map[string]string{"engine": "redis", "version": "7.2", "parameter_group_family": "redis7", "engine_log": "true"},
			map[string]string{"engine": "valkey", "version": "10.0", "parameter_group_family": "valkey10", "engine_log": "true"})
		rows = slices.DeleteFunc(rows, func(row map[string]string) bool { return row["version"] < "6" && row["version"] != "10.0" })
		row := pick(t, "Engine", rows...)
		version, _ := strings.CutSuffix(row["version"], ".x")
		d.engine, family = row["engine"], row["parameter_group_family"]
		d.major, _ = strconv.Atoi(strings.Split(version, ".")[0])
		d.engineLog = row["engine_log"] == "true"
		given := jsii.String(row["version"])
		// Redis 6.0 cannot be told from a token, so a token is a newer one.
		if d.major >= 7 && isToken(t, "version") {
			given, d.major = awscdk.NewCfnParameter(d.stack, jsii.String("Version"), nil).ValueAsString(), 0
		}
		d.Engine = rediscache.EngineVersion_Of(&d.engine, given, &family)
	}
	if some(t, "SlowLogThreshold") {
		d.SlowLogThreshold = awscdk.Duration_Millis(jsii.Number(rapid.IntRange(0, 1e6).Draw(t, "SlowLogThreshold")))
	}
	if some(t, "Parameters") {
		parameters := map[string]*string{}
		for _, row := range facts("parameters") {
			tooNew := strings.HasPrefix(row["name"], "commandlog-") || strings.HasPrefix(row["name"], "search-") || row["name"] == "acl-pubsub-default"
			owned := row["name"] == "cluster-enabled" || row["name"] == "maxmemory-policy"
			if row["family"] == family && row["modifiable"] == "true" && row["default"] != "" && row["type"] != "string" && !tooNew && !owned &&
				rapid.IntRange(0, 9).Draw(t, row["name"]) == 9 {
				parameters[row["name"]] = d.text(t, logical(row["name"]), rapid.Just(row["default"]))
			}
		}
		d.Parameters = &parameters
	}
}

func logical(name string) string { return strings.ReplaceAll(name, "-", "") }

func (d *drawn) drawNodes(t *rapid.T) {
	d.nodes, d.nodeType = 2, map[string]string{"node_type": "cache.t3.small", "cpu_credit_balance": "true"}
	if some(t, "NodeType") {
		rows := slices.DeleteFunc(facts("node-types"), func(row map[string]string) bool {
			if row["retired"] == "true" {
				return true
			}
			switch family := strings.Split(row["node_type"], ".")[1]; family {
			case "m8g", "r8g", "c8gn":
				return d.engine == "redis"
			case "m7g", "r7g", "c7gn", "r6gd":
				return d.engine == "redis" && d.major < 7
			}
			return false
		})
		d.nodeType = pick(t, "NodeType", rows...)
		d.NodeType = d.text(t, "NodeType", rapid.Just(d.nodeType["node_type"]))
		if *d.NodeType != d.nodeType["node_type"] {
			d.nodeType = map[string]string{}
		}
	}
	policies := []rediscache.MaxmemoryPolicy{"", rediscache.MaxmemoryPolicy_ALLKEYS_LRU, rediscache.MaxmemoryPolicy_VOLATILE_LRU, rediscache.MaxmemoryPolicy_NOEVICTION}
	if d.nodeType["data_tiering"] != "true" {
		policies = append(policies, rediscache.MaxmemoryPolicy_ALLKEYS_LFU, rediscache.MaxmemoryPolicy_ALLKEYS_RANDOM,
			rediscache.MaxmemoryPolicy_VOLATILE_LFU, rediscache.MaxmemoryPolicy_VOLATILE_RANDOM, rediscache.MaxmemoryPolicy_VOLATILE_TTL)
	}
	d.MaxmemoryPolicy = pick(t, "MaxmemoryPolicy", policies...)
	if some(t, "NumCacheNodes") {
		d.nodes = rapid.IntRange(1, 6).Draw(t, "NumCacheNodes")
		d.NumCacheNodes = jsii.Number(d.nodes)
	}
	if some(t, "MultiAzEnabled") {
		d.MultiAzEnabled = jsii.Bool(d.nodes > 1 && rapid.Bool().Draw(t, "MultiAzEnabled"))
	}
}

func (d *drawn) drawToken(t *rapid.T) {
	var token awscdk.SecretValue
	switch pick(t, "Authentication", "default", "generated", "none", "secret name", "secret of the stack", "parameter", "ssm-secure") {
	case "default":
		d.token, d.stored = "generated", true
		return
	case "generated":
		d.token, d.stored = "generated", true
		d.Authentication = rediscache.Authentication_GeneratedToken(pick(t, "options", nil, &rediscache.GeneratedTokenOptions{}))
		return
	case "none":
		d.Authentication = rediscache.Authentication_None()
		return
	case "secret name":
		token = awscdk.SecretValue_SecretsManager(d.text(t, "Secret", rapid.StringMatching(`[a-z]{1,9}(/[a-z]{1,9})?`)),
			&awscdk.SecretsManagerSecretOptions{JsonField: jsii.String("token")})
	case "secret of the stack":
		token = awssecretsmanager.NewSecret(d.stack, jsii.String("OwnSecret"), nil).SecretValue()
	case "parameter":
		token = awscdk.SecretValue_CfnParameter(awscdk.NewCfnParameter(d.stack, jsii.String("Token"), &awscdk.CfnParameterProps{NoEcho: jsii.Bool(true)}))
	case "ssm-secure":
		d.token = "own"
		token = awscdk.SecretValue_SsmSecure(jsii.String("/token"), jsii.String("1"))
		d.Authentication = rediscache.Authentication_Token(token, &rediscache.TokenOptions{Store: jsii.Bool(false)})
		return
	}
	store := pick(t, "Store", nil, jsii.Bool(true), jsii.Bool(false))
	d.token, d.stored = "own", store == nil || *store
	d.Authentication = rediscache.Authentication_Token(token, &rediscache.TokenOptions{Store: store})
}

func (d *drawn) drawBackups(t *rapid.T) {
	if some(t, "SnapshotRetentionLimit") {
		d.SnapshotRetentionLimit = d.number(t, "SnapshotRetentionLimit", 0, 35)
	}
	// A daily window in the rest of the day after another one of so many minutes, from 05:00 or from where that ends.
	within := func(label string, from, free int) (start, length int) {
		length = rapid.IntRange(60, free).Draw(t, label+" length")
		return from + rapid.IntRange(0, free-length).Draw(t, label+" start"), length
	}
	clock := func(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60%24, minute%60) }
	snapshotEnd, snapshotLength := 5*60, 120 // the default
	given := pick(t, "windows", "default", "snapshot", "maintenance", "both", "tokens")
	switch given {
	case "snapshot":
		start, length := within("SnapshotWindow", 7*60, 22*60) // the default maintenance is from 05:00 to 07:00
		d.SnapshotWindow = jsii.String(clock(start) + "-" + clock(start+length))
	case "both":
		start, length := within("SnapshotWindow", 0, 23*60)
		d.SnapshotWindow = jsii.String(clock(start) + "-" + clock(start+length))
		snapshotEnd, snapshotLength = start+length, length
	case "tokens":
		d.SnapshotWindow = awscdk.NewCfnParameter(d.stack, jsii.String("SnapshotWindow"), nil).ValueAsString()
		d.MaintenanceWindow = awscdk.NewCfnParameter(d.stack, jsii.String("MaintenanceWindow"), nil).ValueAsString()
	}
	if given == "maintenance" || given == "both" {
		start, length := within("MaintenanceWindow", snapshotEnd, 24*60-snapshotLength)
		days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
		day := rapid.IntRange(0, 6).Draw(t, "day")
		at := func(minute int) string { return days[(day+minute/(24*60))%7] + ":" + clock(minute) }
		d.MaintenanceWindow = jsii.String(at(start) + "-" + at(start+length))
	}
	switch pick(t, "restore", "no", "no", "snapshot", "files", "file that is a token", "list that is a token") {
	case "snapshot":
		d.SnapshotName = d.text(t, "SnapshotName", rapid.StringMatching(`[a-z][a-z0-9]{0,20}`))
	case "files":
		d.SnapshotArns = jsii.PtrSlice("arn:aws:s3:::bucket/a.rdb", "arn:aws-cn:s3:::bucket/b/c.rdb")
	case "file that is a token":
		d.SnapshotArns = &[]*string{awscdk.NewCfnParameter(d.stack, jsii.String("File"), nil).ValueAsString()}
	case "list that is a token":
		d.SnapshotArns = awscdk.NewCfnParameter(d.stack, jsii.String("Files"), &awscdk.CfnParameterProps{Type: jsii.String("CommaDelimitedList")}).ValueAsList()
	}
}

func (d *drawn) drawAlarms(t *rapid.T) {
	switch pick(t, "AlarmActions", "none", "topic", "two topics", "function", "both") {
	case "topic":
		d.AlarmActions = &[]awscloudwatch.IAlarmAction{d.topicAction("Alarms")}
	case "two topics":
		d.AlarmActions = &[]awscloudwatch.IAlarmAction{d.topicAction("Alarms"), d.topicAction("Others")}
	case "function":
		d.AlarmActions = &[]awscloudwatch.IAlarmAction{d.functionAction()}
	case "both":
		d.AlarmActions = &[]awscloudwatch.IAlarmAction{d.topicAction("Alarms"), d.functionAction()}
	}
	// Whether the cache publishes what the alarm watches; of a node type that is a token nobody knows.
	published := map[string]bool{
		"CPUUtilization": true, "EngineCPUUtilization": true, "CPUCreditBalance": d.nodeType["cpu_credit_balance"] == "true",
		"DatabaseMemoryUsagePercentage": true, "Evictions": true, "CacheHitRate": true, "ReplicationLag": d.nodes > 1,
		"samples of CPUUtilization": true, "AuthenticationFailures": d.token != "",
	}
	if !some(t, "Alarms") {
		for _, metric := range slices.Sorted(maps.Keys(published)) {
			if published[metric] {
				d.metrics = append(d.metrics, metric)
			}
		}
		return
	}
	enabled := pick(t, "Alarms.Enabled", nil, jsii.Bool(true), jsii.Bool(false))
	threshold := func(metric string, most, periods int) *rediscache.AlarmThreshold {
		given, on := some(t, metric), published[metric]
		var threshold *rediscache.AlarmThreshold
		if given {
			threshold = &rediscache.AlarmThreshold{Enabled: pick(t, metric+" enabled", nil, jsii.Bool(true), jsii.Bool(false))}
			on = threshold.Enabled == nil || *threshold.Enabled
			if !published[metric] && (metric != "CPUCreditBalance" || d.nodeType["node_type"] != "") {
				threshold.Enabled, on = jsii.Bool(false), false
			}
			if some(t, metric+" threshold") {
				threshold.Threshold = d.number(t, metric+"Threshold", 0, most)
			}
			if some(t, metric+" periods") {
				threshold.EvaluationPeriods = d.number(t, metric+"Periods", 1, periods)
			}
		}
		if on && (enabled == nil || *enabled) {
			d.metrics = append(d.metrics, metric)
		}
		return threshold
	}
	d.Alarms = &rediscache.AlarmOptions{
		Enabled:                enabled,
		Cpu:                    threshold("CPUUtilization", 100, 1440),
		EngineCpu:              threshold("EngineCPUUtilization", 100, 1440),
		CpuCreditBalance:       threshold("CPUCreditBalance", 1e6, 288),
		Memory:                 threshold("DatabaseMemoryUsagePercentage", 100, 1440),
		Evictions:              threshold("Evictions", 1e6, 288),
		CacheHitRate:           threshold("CacheHitRate", 100, 288),
		ReplicationLag:         threshold("ReplicationLag", 1e6, 1440),
		NodeUnreachable:        threshold("samples of CPUUtilization", 1e6, 1440),
		AuthenticationFailures: threshold("AuthenticationFailures", 1e6, 288),
	}
	slices.Sort(d.metrics)
}

func (d *drawn) topicAction(id string) awscloudwatch.IAlarmAction {
	return awscloudwatchactions.NewSnsAction(awssns.Topic_FromTopicArn(d.stack, &id, jsii.String("arn:aws:sns:us-east-1:111122223333:"+id)))
}

func (d *drawn) functionAction() awscloudwatch.IAlarmAction {
	arn := jsii.String("arn:aws:lambda:us-east-1:111122223333:function:alarm")
	return awscloudwatchactions.NewLambdaAction(awslambda.Function_FromFunctionArn(d.stack, jsii.String("AlarmFunction"), arn), nil)
}

func (d *drawn) make() rediscache.RedisCache {
	return rediscache.NewRedisCache(d.stack, jsii.String("Cache"), d.props)
}

func newStack(app awscdk.App, id string) awscdk.Stack { return awscdk.NewStack(app, &id, nil) }

func TestRandomValidPropsKeepThePromises(t *testing.T) {
	checkProperty(t, 80, func(t *rapid.T) {
		d := draw(t, newStack(newApp(), "Test"))
		d.make()
		text, err := json.Marshal(*assertions.Template_FromStack(d.stack, nil).ToJSON())
		require.NoError(t, err)
		var made template
		require.NoError(t, json.Unmarshal(text, &made))
		d.check(t, made, string(text))
	})
}

// check looks at what has to hold for every cache.
func (d *drawn) check(t *rapid.T, made template, text string) {
	for _, marker := range []string{"${Token[", "#{Token[", "TOKEN.", "-18881", "-1.888"} {
		if at := strings.Index(text, marker); at >= 0 {
			assert.Fail(t, "an unresolved token", text[max(0, at-200):min(len(text), at+100)])
		}
	}
	groups := slices.Collect(maps.Values(made.all(replicationGroup)))
	require.Len(t, groups, 1)
	group := groups[0].Properties

	assert.Equal(t, true, group["AtRestEncryptionEnabled"])
	assert.Equal(t, true, group["TransitEncryptionEnabled"])
	assert.Equal(t, d.nodes > 1, group["AutomaticFailoverEnabled"])
	assert.Equal(t, d.MultiAzEnabled == nil && d.nodes > 1 || d.MultiAzEnabled != nil && *d.MultiAzEnabled, group["MultiAZEnabled"])
	assert.EqualValues(t, d.nodes, group["NumCacheClusters"])
	if d.Engine == nil || d.major >= 7 {
		assert.Equal(t, "required", group["TransitEncryptionMode"])
	}
	if d.Name != nil && !strings.Contains(*d.Name, "Token") {
		assert.Equal(t, *d.Name+"-redis", group["ReplicationGroupId"])
		assert.LessOrEqual(t, len(*d.Name+"-redis"), 40)
	} else if d.Name == nil {
		assert.NotContains(t, group, "ReplicationGroupId")
		assert.Empty(t, namesOf(made), "physical names without a Name")
	}
	for property, given := range map[string]*string{
		"SnapshotWindow":             orElse(d.SnapshotWindow, "03:00-05:00"),
		"PreferredMaintenanceWindow": orElse(d.MaintenanceWindow, "sun:05:00-sun:07:00"),
	} {
		if !strings.Contains(*given, "Token") {
			assert.Equal(t, *given, group[property])
		}
	}
	if d.SnapshotWindow == nil || d.MaintenanceWindow == nil || !strings.Contains(*d.SnapshotWindow+*d.MaintenanceWindow, "Token") {
		assert.False(t, overlap(group["SnapshotWindow"].(string), group["PreferredMaintenanceWindow"].(string)), "windows overlap")
	}

	d.checkToken(t, made, group)
	d.checkAlarms(t, made)
	d.checkNetwork(t, made)

	logs := 1
	if d.engineLog {
		logs = 2
	}
	assert.Len(t, made.all(logGroup), logs)
	assert.Len(t, group["LogDeliveryConfigurations"], logs)
	var tags []any
	if d.Tags != nil && len(*d.Tags) > 0 {
		tags = group["Tags"].([]any)
		assert.Len(t, tags, len(*d.Tags))
	}
	for _, tag := range tags {
		key := tag.(map[string]any)["Key"].(string)
		if given := *(*d.Tags)[key]; !strings.Contains(given, "Token") {
			assert.Equal(t, given, tag.(map[string]any)["Value"], key)
		}
	}
}

func orElse(given *string, otherwise string) *string {
	if given == nil {
		return &otherwise
	}
	return given
}

// namesOf are the resources of the cache that have a physical name.
func namesOf(made template) (named []string) {
	for id, r := range made.Resources {
		if _, is := r.Properties[physicalNames[r.Type]]; is && isOfCache(id) {
			named = append(named, id)
		}
	}
	return named
}

// The token is only ever a reference, and in two places.
func (d *drawn) checkToken(t *rapid.T, made template, group map[string]any) {
	secrets := 0
	for id, r := range made.all(secret) {
		if !isOfCache(id) {
			continue
		}
		secrets++
		if text, has := r.Properties["SecretString"]; has {
			assert.True(t, d.stored, "a connection secret")
			assert.Regexp(t, `auth_token.*(resolve:secretsmanager|"Ref":"Token")`, jsonOf(text))
		}
	}
	want := map[bool]int{true: 1}[d.stored] + map[string]int{"generated": 1}[d.token]
	assert.Equal(t, want, secrets, "secrets of the cache")
	if d.token == "" {
		assert.NotContains(t, group, "AuthToken")
	} else {
		assert.Regexp(t, `\{\{resolve:(secretsmanager|ssm-secure):|^\{"Ref":"Token"\}$`, jsonOf(group["AuthToken"]))
	}
}

// Every member has an alarm of each kind, with its own dimension, the given actions both ways and nothing left open.
func (d *drawn) checkAlarms(t *rapid.T, made template) {
	found := map[string]int{}
	for id, r := range made.all(alarm) {
		metric, dimensions := r.Properties["MetricName"], []any{r.Properties["Dimensions"]}
		if metrics, is := r.Properties["Metrics"].([]any); is {
			metric, dimensions = "CacheHitRate", nil
			for _, query := range metrics {
				if stat, is := query.(map[string]any)["MetricStat"].(map[string]any); is {
					dimensions = append(dimensions, stat["Metric"].(map[string]any)["Dimensions"])
				}
			}
			assert.Len(t, dimensions, 2, "hits and misses")
		}
		if r.Properties["Statistic"] == "SampleCount" {
			metric = fmt.Sprint("samples of ", metric)
		}
		for _, of := range dimensions {
			require.Len(t, of, 1, id)
			dimension := of.([]any)[0].(map[string]any)
			assert.Equal(t, "CacheClusterId", dimension["Name"])
			member := strings.Trim(jsonOf(dimension["Value"]), `"]}`)
			member = member[strings.LastIndex(member, "-")+1:]
			assert.Contains(t, []string{"001", "002", "003", "004", "005", "006"}[:d.nodes], member)
			found[fmt.Sprint(metric, " of ", member)]++
		}
		missing := map[any]string{
			"CacheHitRate": "notBreaching", "ReplicationLag": "notBreaching", "AuthenticationFailures": "notBreaching", "samples of CPUUtilization": "breaching",
		}[metric]
		assert.Equal(t, cmp.Or(missing, "missing"), r.Properties["TreatMissingData"], id)
		assert.NotEmpty(t, r.Properties["AlarmDescription"])
		assert.Equal(t, r.Properties["AlarmActions"], r.Properties["OKActions"])
		actions, _ := r.Properties["AlarmActions"].([]any)
		assert.Len(t, actions, len(deref(d.AlarmActions)))
	}
	want := map[string]int{}
	for _, metric := range d.metrics {
		for node := 1; node <= d.nodes; node++ {
			want[fmt.Sprintf("%s of %03d", metric, node)] = map[bool]int{true: 2, false: 1}[metric == "CacheHitRate"]
		}
	}
	assert.Equal(t, want, found, "metrics that have an alarm")
}

func deref[E any](list *[]E) []E {
	if list == nil {
		return nil
	}
	return *list
}

// The cache lets in security groups on its port only, and nobody by address.
func (d *drawn) checkNetwork(t *rapid.T, made template) {
	own := made.all(securityGroup)
	maps.DeleteFunc(own, func(id string, _ resource) bool { return !isOfCache(id) })
	assert.Len(t, own, map[bool]int{true: 1}[d.SecurityGroups == nil], "default security groups")
	for id, r := range own {
		assert.NotContains(t, r.Properties, "SecurityGroupIngress", id)
		assert.Equal(t, 1, strings.Count(jsonOf(r.Properties["SecurityGroupEgress"]), "CidrIp"), "CDK's rule that allows nothing")
	}
	for id, r := range made.all(ingress) {
		assert.NotContains(t, jsonOf(r.Properties), "Cidr", id)
		assert.Equal(t, r.Properties["FromPort"], r.Properties["ToPort"], id)
		assert.Contains(t, r.Properties, "SourceSecurityGroupId", id)
	}
}

// overlap counts the minutes of a week, which the construct's own rule does not.
func overlap(daily, weekly string) bool {
	const day = 24 * 60
	minute := func(hours, minutes string) int {
		h, _ := strconv.Atoi(hours)
		m, _ := strconv.Atoi(minutes)
		return h*60 + m
	}
	of := func(from, to, cycle int) map[int]bool {
		marked := map[int]bool{}
		for m := from; m%cycle != to%cycle; m++ {
			marked[m%cycle] = true
		}
		return marked
	}
	weekday := func(name string) int { return strings.Index("montuewedthufrisatsun", name) / 3 * day }
	part := strings.FieldsFunc(daily, func(r rune) bool { return r == ':' || r == '-' })
	backup := of(minute(part[0], part[1]), minute(part[2], part[3]), day)
	part = strings.FieldsFunc(weekly, func(r rune) bool { return r == ':' || r == '-' })
	for m := range of(weekday(part[0])+minute(part[1], part[2]), weekday(part[3])+minute(part[4], part[5]), 7*day) {
		if backup[m%day] {
			return true
		}
	}
	return false
}

// Found by the property: each topic made the same construct.
func TestTwoTopicsHearOfEveryAlarm(t *testing.T) {
	f := newFixture()
	d := drawn{stack: f.stack}
	f.cache(func(props *props) {
		props.AlarmActions = &[]awscloudwatch.IAlarmAction{d.topicAction("Alarms"), d.topicAction("Others")}
	})
	for id, r := range synthesize(t, f.stack).all(alarm) {
		topics := []any{"arn:aws:sns:us-east-1:111122223333:Alarms", "arn:aws:sns:us-east-1:111122223333:Others"}
		assert.Equal(t, topics, r.Properties["AlarmActions"], id)
		assert.Equal(t, topics, r.Properties["OKActions"], id)
	}
}

// Found by the property: the description had the number that stands for the token.
func TestAThresholdThatIsATokenIsInTheDescription(t *testing.T) {
	f := newFixture()
	cpu := awscdk.NewCfnParameter(f.stack, jsii.String("Cpu"), &awscdk.CfnParameterProps{Type: jsii.String("Number")})
	f.cache(func(props *props) {
		props.Alarms = &rediscache.AlarmOptions{Cpu: &rediscache.AlarmThreshold{Threshold: cpu.ValueAsNumber()}}
		props.Dashboard = jsii.Bool(true)
	})
	made := synthesize(t, f.stack)
	cpuAlarm := made.Resources[made.idOf(t, "CacheCpuAlarm1")].Properties
	assert.Equal(t, object{"Ref": "Cpu"}, cpuAlarm["Threshold"])
	assert.Contains(t, jsonOf(cpuAlarm["AlarmDescription"]), `"Redis query cache, node 001: Host CPU is above ",{"Ref":"Cpu"},"%. `)
}

// Found by CDK's validator: CloudFormation refuses an alarm with an empty tag, and no other resource of a cache.
func TestAnEmptyTagIsOnEverythingButAlarms(t *testing.T) {
	f := newFixture()
	f.cache(func(props *props) {
		props.Tags = &map[string]*string{"Empty": jsii.String(""), "Tier": jsii.String("Premium")}
	})
	made := synthesize(t, f.stack)
	premium := object{"Key": "Tier", "Value": "Premium"}
	assert.Equal(t, list{object{"Key": "Empty", "Value": ""}, premium}, made.the(t, replicationGroup).Properties["Tags"])
	for id, r := range made.all(alarm) {
		assert.Equal(t, list{premium}, r.Properties["Tags"], id)
	}
}

// sampleVariable has the test binary, started by itself, synthesize a sample with CDK's CloudFormation validator. The
// validator is switched by the environment that the kernel is started with, so this takes a process of its own.
const sampleVariable = "REDISCACHE_TEST_SAMPLE"

var (
	validatorFinding = regexp.MustCompile(`CloudFormation-Validate::\w+`)
	// ofThePropsThemselves are warnings about what was drawn.
	ofThePropsThemselves = []string{
		"CloudFormation-Validate::W2001", // a parameter for the threshold of an alarm that is off
		"CloudFormation-Validate::W1011", // a token from a NoEcho parameter, which is the caller's choice
	}
)

// CDK's validator has no finding on 40 random caches of one app, and does see a mistake.
func TestValidatorFindsNothingInASample(t *testing.T) {
	if kind := os.Getenv(sampleVariable); kind != "" {
		synthesizeSample(kind)
		return
	}
	assembly := t.TempDir()
	run := func(kind string) (string, error) {
		command := exec.Command(os.Args[0], "-test.run=^TestValidatorFindsNothingInASample$", "-test.v")
		command.Env = append(os.Environ(), sampleVariable+"="+kind, "CDK_VALIDATION=true", "CDK_OUTDIR="+assembly)
		output, err := command.CombinedOutput()
		return string(output), err
	}
	output, err := run("valid")
	assert.NoError(t, err, output)
	assert.Contains(t, output, "synthesized 40 stacks")
	for _, id := range validatorFinding.FindAllString(output, -1) {
		assert.Contains(t, ofThePropsThemselves, id, "a finding of the validator: %s", output)
	}

	output, err = run("invalid")
	assert.Error(t, err, "the validator has to be on")
	// What the kernel prints may be lost when the process dies of the finding; the report is not.
	assert.Contains(t, output, "ValidationFailed")
	report, err := os.ReadFile(filepath.Join(assembly, "validation-report.json"))
	require.NoError(t, err)
	assert.Contains(t, string(report), "CloudFormation Validate")
	assert.Contains(t, string(report), "NumCacheClusters: 'two' is not of type 'integer'")
}

func synthesizeSample(kind string) {
	app := newApp()
	stacks := 40
	if kind == "invalid" {
		stacks = 1
	}
	for i := range stacks {
		example(i, func(t *rapid.T) {
			d := draw(t, newStack(app, fmt.Sprint("Test", i)))
			cache := d.make()
			if kind == "invalid" {
				cache.ReplicationGroup().AddPropertyOverride(jsii.String("ReplicationGroupDescription"), jsii.Number(1))
				cache.ReplicationGroup().AddPropertyOverride(jsii.String("NumCacheClusters"), jsii.String("two"))
			}
		})
	}
	app.Synth(nil)
	fmt.Printf("synthesized %d stacks\n", stacks)
}

// example runs f once with what a seed draws. What f panics with is kept from rapid, which would try again.
func example(seed int, f func(t *rapid.T)) {
	var failure any
	rapid.Custom(func(t *rapid.T) bool {
		defer func() { failure = recover() }()
		f(t)
		return true
	}).Example(seed)
	if failure != nil {
		panic(failure)
	}
}

// mistake makes valid props invalid in one property.
type mistake struct {
	name     string
	property string // that every problem's Property begins with
	make     func(d *drawn)
}

var mistakes = []mistake{
	{"no VPC", "Vpc", func(d *drawn) { d.Vpc = nil }},
	{"public subnets", "VpcSubnets", func(d *drawn) {
		d.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PUBLIC}
	}},
	{"subnets that do not exist", "VpcSubnets", func(d *drawn) {
		d.VpcSubnets = &awsec2.SubnetSelection{SubnetGroupName: jsii.String("Nowhere")}
	}},
	{"subnets in one Availability Zone", "MultiAzEnabled", func(d *drawn) {
		d.NumCacheNodes, d.MultiAzEnabled, d.Alarms = jsii.Number(2), nil, nil
		d.VpcSubnets = &awsec2.SubnetSelection{Subnets: &[]awsec2.ISubnet{(*d.Vpc.IsolatedSubnets())[0]}}
	}},
	{"empty name", "Name", func(d *drawn) { d.Name = jsii.String("") }},
	{"upper case", "Name", func(d *drawn) { d.Name = jsii.String("Prod") }},
	{"two hyphens", "Name", func(d *drawn) { d.Name = jsii.String("a--b") }},
	{"a name of 35 characters", "Name", func(d *drawn) { d.Name = jsii.String(strings.Repeat("a", 35)) }},
	{"a description of 256 characters", "Description", func(d *drawn) { d.Description = jsii.String(strings.Repeat("ä", 256)) }},
	{"nil client", "AllowedSecurityGroups[0]", func(d *drawn) { d.AllowedSecurityGroups = &[]awsec2.ISecurityGroup{nil} }},
	{"port 1149", "Port", func(d *drawn) { d.Port = jsii.Number(1149) }},
	{"port 8005", "Port", func(d *drawn) { d.Port = jsii.Number(8005) }},
	{"port not a number", "Port", func(d *drawn) { d.Port = jsii.Number(math.NaN()) }},
	{"Redis 5", "Engine", ofEngine("redis", "5.0.6", "redis5.0")},
	{"family of another version", "Engine", ofEngine("redis", "7.1", "redis6.x")},
	{"no engine of ElastiCache", "Engine", ofEngine("keydb", "7.1", "redis7")},
	{"node type without cache.", "NodeType", func(d *drawn) { d.NodeType = jsii.String("r7g.large") }},
	{"misspelt node type", "NodeType", func(d *drawn) { d.NodeType = jsii.String("cache.r7g.lagre") }},
	{"retired node type", "NodeType", func(d *drawn) { d.NodeType = jsii.String("cache.m3.medium") }},
	{"Valkey's node type for Redis", "NodeType", func(d *drawn) {
		d.Engine, d.NodeType, d.Parameters = rediscache.EngineVersion_REDIS_7_1(), jsii.String("cache.r8g.large"), nil
		d.withoutCreditAlarm()
	}},
	{"data tiering with LFU", "NodeType", func(d *drawn) {
		d.Engine, d.NodeType, d.Parameters = rediscache.EngineVersion_REDIS_7_1(), jsii.String("cache.r6gd.xlarge"), nil
		d.withoutCreditAlarm()
		d.MaxmemoryPolicy = rediscache.MaxmemoryPolicy_ALLKEYS_LFU
	}},
	{"no nodes", "NumCacheNodes", func(d *drawn) { d.NumCacheNodes = jsii.Number(0) }},
	{"7 nodes", "NumCacheNodes", func(d *drawn) { d.NumCacheNodes = jsii.Number(7) }},
	{"2.5 nodes", "NumCacheNodes", func(d *drawn) { d.NumCacheNodes = jsii.Number(2.5) }},
	{"nodes that are a token", "NumCacheNodes", func(d *drawn) {
		d.NumCacheNodes = awscdk.NewCfnParameter(d.stack, jsii.String("Nodes"), &awscdk.CfnParameterProps{Type: jsii.String("Number")}).ValueAsNumber()
	}},
	{"Multi-AZ with one node", "MultiAzEnabled", func(d *drawn) {
		d.NumCacheNodes, d.MultiAzEnabled, d.Alarms = jsii.Number(1), jsii.Bool(true), nil
	}},
	{"no such policy", "MaxmemoryPolicy", func(d *drawn) { d.MaxmemoryPolicy, d.NodeType = "lru", nil }},
	{"a slow log threshold that is a token", "SlowLogThreshold", func(d *drawn) {
		d.SlowLogThreshold = awscdk.Duration_Millis(awscdk.NewCfnParameter(d.stack, jsii.String("Slow"), &awscdk.CfnParameterProps{Type: jsii.String("Number")}).ValueAsNumber())
	}},
	{"unknown parameter", "Parameters", parameterOf("maxmemory-polizy", "noeviction")},
	{"parameter out of range", "Parameters", parameterOf("timeout", "10")},
	{"parameter of the construct", "Parameters", parameterOf("cluster-enabled", "yes")},
	{"a token in plain text", "Authentication", func(d *drawn) {
		d.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_UnsafePlainText(jsii.String("PlainTextToken123456")), nil)
	}},
	{"no token", "Authentication", func(d *drawn) { d.Authentication = rediscache.Authentication_Token(nil, nil) }},
	{"an SSM secure string that is stored", "Authentication", func(d *drawn) {
		d.Authentication = rediscache.Authentication_Token(awscdk.SecretValue_SsmSecure(jsii.String("/token"), jsii.String("1")), nil)
	}},
	{"asymmetric key", "EncryptionKey", func(d *drawn) {
		d.EncryptionKey = awskms.NewKey(d.stack, jsii.String("Asymmetric"), &awskms.KeyProps{KeySpec: awskms.KeySpec_RSA_2048, KeyUsage: awskms.KeyUsage_ENCRYPT_DECRYPT})
	}},
	{"retention of 36 days", "SnapshotRetentionLimit", func(d *drawn) { d.SnapshotRetentionLimit = jsii.Number(36) }},
	{"half a day of retention", "SnapshotRetentionLimit", func(d *drawn) { d.SnapshotRetentionLimit = jsii.Number(0.5) }},
	{"no daily window", "SnapshotWindow", func(d *drawn) { d.SnapshotWindow = jsii.String("3:00-5:00") }},
	{"half an hour of snapshots", "SnapshotWindow", func(d *drawn) { d.SnapshotWindow = jsii.String("03:00-03:30") }},
	{"windows that overlap", "SnapshotWindow", func(d *drawn) {
		d.SnapshotWindow, d.MaintenanceWindow = jsii.String("23:30-00:30"), jsii.String("sun:00:00-sun:02:00")
	}},
	{"no weekly window", "MaintenanceWindow", func(d *drawn) { d.MaintenanceWindow = jsii.String("Sun:05:00-Sun:07:00") }},
	{"empty snapshot name", "SnapshotName", func(d *drawn) { d.SnapshotName, d.SnapshotArns = jsii.String(""), nil }},
	{"snapshot and files", "SnapshotName", func(d *drawn) {
		d.SnapshotName, d.SnapshotArns = jsii.String("monday"), jsii.PtrSlice("arn:aws:s3:::bucket/a.rdb")
	}},
	{"no file of S3", "SnapshotArns[0]", func(d *drawn) { d.SnapshotName, d.SnapshotArns = nil, jsii.PtrSlice("s3://bucket/a.rdb") }},
	{"no removal policy", "RemovalPolicy", func(d *drawn) { d.RemovalPolicy = "KEEP" }},
	{"nil action", "AlarmActions[0]", func(d *drawn) { d.AlarmActions = &[]awscloudwatch.IAlarmAction{nil} }},
	{"101 %", "Alarms.Cpu.Threshold", func(d *drawn) {
		d.Alarms = &rediscache.AlarmOptions{Cpu: &rediscache.AlarmThreshold{Threshold: jsii.Number(101)}}
	}},
	{"endless evictions", "Alarms.Evictions.Threshold", func(d *drawn) {
		d.Alarms = &rediscache.AlarmOptions{Evictions: &rediscache.AlarmThreshold{Threshold: jsii.Number(math.Inf(1))}}
	}},
	{"more than a day", "Alarms.CacheHitRate.EvaluationPeriods", func(d *drawn) {
		d.Alarms = &rediscache.AlarmOptions{CacheHitRate: &rediscache.AlarmThreshold{EvaluationPeriods: jsii.Number(289)}}
	}},
	{"lag without a replica", "Alarms.ReplicationLag", func(d *drawn) {
		d.NumCacheNodes, d.MultiAzEnabled = jsii.Number(1), nil
		d.Alarms = &rediscache.AlarmOptions{ReplicationLag: &rediscache.AlarmThreshold{}}
	}},
	{"no such retention", "LogRetention", func(d *drawn) { d.LogRetention = "TWO_HOURS" }},
	{"a tag of AWS", "Tags", func(d *drawn) { d.Tags = &map[string]*string{"aws:x": jsii.String("")} }},
	{"a tag without a value", "Tags", func(d *drawn) { d.Tags = &map[string]*string{"Tier": nil} }},
	{"51 tags", "Tags", func(d *drawn) {
		tags := map[string]*string{}
		for i := range 51 {
			tags[fmt.Sprint("Tag", i)] = jsii.String("")
		}
		d.Tags = &tags
	}},
}

// ofEngine leaves out what depends on the engine, which would be wrong with it.
func ofEngine(engine, version, family string) func(d *drawn) {
	return func(d *drawn) {
		d.Engine, d.NodeType, d.Parameters = rediscache.EngineVersion_Of(&engine, &version, &family), nil, nil
	}
}

func parameterOf(name, value string) func(d *drawn) {
	return func(d *drawn) {
		d.Engine, d.NodeType = rediscache.EngineVersion_REDIS_7_1(), nil
		d.Parameters = &map[string]*string{name: &value}
	}
}

func TestRandomPropsWithOneMistakeAreRefused(t *testing.T) {
	tried := map[string]int{}
	checkProperty(t, 150, func(t *rapid.T) {
		d := draw(t, newStack(newApp(), "Test"))
		m := rapid.Custom(func(t *rapid.T) mistake { return mistakes[rapid.IntRange(0, len(mistakes)-1).Draw(t, "number")] }).Draw(t, "mistake")
		tried[m.name]++
		m.make(d)
		refused(t, m, d)
	})
	// Chance leaves some out, so each is made once more.
	for i, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			example(i, func(rt *rapid.T) {
				d := draw(rt, newStack(newApp(), "Test"))
				m.make(d)
				refused(t, m, d)
			})
		})
	}
	t.Logf("%d of %d mistakes by chance, and all once", len(tried), len(mistakes))
}

// refused makes the cache, which has to panic with problems of the mistake's property and no other.
func refused(t require.TestingT, m mistake, d *drawn) {
	defer func() {
		failure := recover()
		err, is := failure.(*rediscache.ValidationError)
		require.True(t, is, "%s: want a ValidationError, got %T: %v", m.name, failure, failure)
		require.NotEmpty(t, err.Problems)
		for _, problem := range err.Problems {
			assert.True(t, strings.HasPrefix(problem.Property, m.property), "%s: %s", m.name, problem)
		}
		assert.Nil(t, d.stack.Node().TryFindChild(jsii.String("Cache")), "nothing may be made before the rules have passed")
	}()
	rediscache.NewRedisCache(d.stack, jsii.String("Cache"), d.props)
}
