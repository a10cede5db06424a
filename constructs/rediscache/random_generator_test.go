package rediscache_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/proptest"
)

// drawProps draws valid props for a stack.
func drawProps(t *rapid.T, stack awscdk.Stack) *drawn {
	d := &drawn{props: &props{}, stack: stack}
	d.drawNetwork(t)
	d.drawEngine(t)
	d.drawNodes(t)
	d.drawLogin(t)
	d.drawBackups(t)
	d.drawAlarms(t)
	if proptest.Draws(t, "Name") {
		d.Name = d.text(t, "Name", rapid.StringMatching(`[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,10}){0,2}`))
	}
	if proptest.Draws(t, "ReplicationGroupId") {
		d.ReplicationGroupId = d.text(t, "ReplicationGroupId", rapid.StringMatching(`[a-z][a-z0-9]{0,20}(-[a-z0-9]{1,10})?`))
	}
	if proptest.Draws(t, "Description") {
		d.Description = d.text(t, "Description", rapid.StringMatching(`[!-~]([ -~]{0,100}[!-~])?`))
	}
	switch proptest.OneOf(t, "EncryptionKey", "none", "own", "imported") {
	case "own":
		d.EncryptionKey = awskms.NewKey(stack, jsii.String("Key"), nil)
	case "imported":
		arn := "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
		d.EncryptionKey = awskms.Key_FromKeyArn(stack, jsii.String("Key"), &arn)
	}
	d.RemovalPolicy = proptest.OneOf(t, "RemovalPolicy", "", awscdk.RemovalPolicy_SNAPSHOT, awscdk.RemovalPolicy_RETAIN,
		awscdk.RemovalPolicy_DESTROY, awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)
	d.LogRetention = proptest.OneOf(t, "LogRetention", "", awslogs.RetentionDays_ONE_DAY,
		awslogs.RetentionDays_TEN_YEARS, awslogs.RetentionDays_INFINITE)
	d.AutoMinorVersionUpgrade = proptest.OneOf(t, "AutoMinorVersionUpgrade", nil, jsii.Bool(true), jsii.Bool(false))
	d.Dashboard = proptest.OneOf(t, "Dashboard", nil, jsii.Bool(true), jsii.Bool(false))
	if proptest.Draws(t, "NotificationTopic") {
		d.NotificationTopic = awssns.Topic_FromTopicArn(stack, jsii.String("Events"), jsii.String("arn:aws:sns:us-east-1:111122223333:events"))
	}
	if proptest.Draws(t, "Tags") {
		tags := map[string]*string{}
		for i := range rapid.IntRange(0, 4).Draw(t, "number of tags") {
			key := rapid.StringMatching(`[B-Zb-z][A-Za-z0-9_.:/=+@-]{0,20}`).Draw(t, "key")
			tags[key] = d.text(t, fmt.Sprint("Tag", i), rapid.StringMatching(`[A-Za-z0-9_.:/=+@-]{0,20}`))
		}
		d.Tags = &tags
	}
	return d
}

func (d *drawn) drawNetwork(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "VPC of the stack") == 9 {
		d.Vpc = newVpc(d.stack)
	} else {
		d.Vpc = importedVpc(d.stack)
	}
	switch proptest.OneOf(t, "subnets", "default", "isolated", "private", "existing group") {
	case "isolated":
		d.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	case "private":
		d.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
	case "existing group":
		d.SubnetGroupName = d.text(t, "SubnetGroupName", rapid.StringMatching(`[a-z]{1,10}`))
	}
	if proptest.Draws(t, "Port") {
		d.Port = d.number(t, "Port", 1150, 65535)
		if *d.Port == 8005 {
			*d.Port = 8006
		}
	}
	securityGroups := func(kind string, least int) *[]awsec2.ISecurityGroup {
		groups := []awsec2.ISecurityGroup{}
		for i := range rapid.IntRange(least, 3).Draw(t, "number of "+kind) {
			id := fmt.Sprint(kind, i)
			if proptest.Draws(t, id+" of the stack") {
				groups = append(groups, newSecurityGroup(d.stack, id, d.Vpc))
				continue
			}
			groups = append(groups, importedSecurityGroup(d.stack, id, *d.text(t, id, rapid.StringMatching("sg-[0-9a-f]{17}"))))
		}
		return &groups
	}
	if proptest.Draws(t, "SecurityGroups") {
		d.SecurityGroups = securityGroups("Own", 1)
	}
	if proptest.Draws(t, "AllowedSecurityGroups") {
		d.AllowedSecurityGroups = securityGroups("Client", 0)
	}
}

func (d *drawn) drawEngine(t *rapid.T) {
	d.engine, d.major, d.engineLog = "redis", 7, true
	family := "redis7"
	if proptest.Draws(t, "Engine") {
		rows := append(tableRows("engine-versions"),
			map[string]string{"engine": "redis", "version": "7.2", "parameter_group_family": "redis7", "engine_log": "true"},
			map[string]string{"engine": "valkey", "version": "10.0", "parameter_group_family": "valkey10", "engine_log": "true"})
		rows = slices.DeleteFunc(rows, func(row map[string]string) bool { return row["version"] < "6" && row["version"] != "10.0" })
		row := proptest.OneOf(t, "Engine", rows...)
		version, _ := strings.CutSuffix(row["version"], ".x")
		d.engine, family = row["engine"], row["parameter_group_family"]
		d.major, _ = strconv.Atoi(strings.Split(version, ".")[0])
		d.engineLog = row["engine_log"] == "true"
		given := jsii.String(row["version"])
		// Redis 6.0 cannot be told from a token, so a token is a newer one.
		if d.major >= 7 && proptest.DrawsToken(t, "version") {
			given, d.major = awscdk.NewCfnParameter(d.stack, jsii.String("Version"), nil).ValueAsString(), 0
		}
		d.Engine = rediscache.EngineVersion_Of(&d.engine, given, &family)
	}
	if proptest.Draws(t, "SlowLogThreshold") {
		d.SlowLogThreshold = awscdk.Duration_Millis(jsii.Number(rapid.IntRange(0, 1e6).Draw(t, "SlowLogThreshold")))
	}
	if proptest.Draws(t, "Parameters") {
		d.Parameters = d.drawParameters(t, family)
	}
}

// drawParameters draws parameters that every version of the family has and the construct does not set, at their defaults.
func (d *drawn) drawParameters(t *rapid.T, family string) *map[string]*string {
	parameters := map[string]*string{}
	for _, row := range tableRows("parameters") {
		settable := row["family"] == family && row["modifiable"] == "true" && row["default"] != "" && row["type"] != "string"
		everyVersion := row["since"] == "" && row["owned"] == "" && row["name"] != "maxmemory-policy"
		if settable && everyVersion && rapid.IntRange(0, 9).Draw(t, row["name"]) == 9 {
			parameters[row["name"]] = d.text(t, strings.ReplaceAll(row["name"], "-", ""), rapid.Just(row["default"]))
		}
	}
	return &parameters
}

func (d *drawn) drawNodes(t *rapid.T) {
	d.nodes, d.nodeType = 2, map[string]string{"node_type": "cache.t3.small", "cpu_credit_balance": "true"}
	if proptest.Draws(t, "NodeType") {
		rows := slices.DeleteFunc(tableRows("node-types"), func(row map[string]string) bool {
			needsSeven := slices.Contains([]string{"m7g", "r7g", "c7gn", "r6gd"}, strings.Split(row["node_type"], ".")[1])
			return row["retired"] == "true" || d.engine == "redis" && (row["oldest_redis"] == "" || d.major < 7 && needsSeven)
		})
		d.nodeType = proptest.OneOf(t, "NodeType", rows...)
		d.NodeType = d.text(t, "NodeType", rapid.Just(d.nodeType["node_type"]))
		if *d.NodeType != d.nodeType["node_type"] {
			d.nodeType = map[string]string{}
		}
	}
	policies := []rediscache.MaxmemoryPolicy{
		"", rediscache.MaxmemoryPolicy_ALLKEYS_LRU, rediscache.MaxmemoryPolicy_VOLATILE_LRU, rediscache.MaxmemoryPolicy_NOEVICTION,
	}
	if d.nodeType["data_tiering"] != "true" {
		policies = append(policies, rediscache.MaxmemoryPolicy_ALLKEYS_LFU, rediscache.MaxmemoryPolicy_ALLKEYS_RANDOM,
			rediscache.MaxmemoryPolicy_VOLATILE_LFU, rediscache.MaxmemoryPolicy_VOLATILE_RANDOM, rediscache.MaxmemoryPolicy_VOLATILE_TTL)
	}
	d.MaxmemoryPolicy = proptest.OneOf(t, "MaxmemoryPolicy", policies...)
	if rapid.IntRange(0, 2).Draw(t, "cluster mode") == 2 {
		d.drawClusterMode(t)
		d.drawScaling(t)
	} else if proptest.Draws(t, "NumCacheNodes") {
		d.nodes = rapid.IntRange(1, 6).Draw(t, "NumCacheNodes")
		d.NumCacheNodes = jsii.Number(d.nodes)
	}
	if proptest.Draws(t, "MultiAzEnabled") {
		d.MultiAzEnabled = jsii.Bool(d.nodes > 1 && rapid.Bool().Draw(t, "MultiAzEnabled"))
	}
}

func (d *drawn) drawLogin(t *rapid.T) {
	var token awscdk.SecretValue
	d.login = proptest.OneOf(t, "Authentication", "default", "generated", "none", "iam",
		"secret name", "secret of the stack", "parameter", "ssm-secure")
	if d.login == "iam" && d.engine == "redis" && d.major < 7 && d.major > 0 {
		d.login = "none" // Redis 6 has no IAM authentication
	}
	switch d.login {
	case "default", "generated":
		d.token, d.stored = "generated", true
		if d.login == "generated" {
			d.Authentication = rediscache.Authentication_GeneratedToken(proptest.OneOf(t, "options", nil, &rediscache.GeneratedTokenOptions{}))
		}
		return
	case "none":
		d.Authentication = rediscache.Authentication_None()
		return
	case "iam":
		d.Authentication = rediscache.Authentication_Iam(proptest.OneOf(t, "options", nil, &rediscache.IamOptions{}))
		return
	case "secret name": // the validator takes a parameter that is called Secret for a password
		token = awscdk.SecretValue_SecretsManager(d.text(t, "Origin", rapid.StringMatching(`[a-z]{1,9}(/[a-z]{1,9})?`)),
			&awscdk.SecretsManagerSecretOptions{JsonField: jsii.String("token")})
	case "secret of the stack":
		token = awssecretsmanager.NewSecret(d.stack, jsii.String("OwnSecret"), nil).SecretValue()
	case "parameter":
		noEcho := &awscdk.CfnParameterProps{NoEcho: jsii.Bool(true)}
		token = awscdk.SecretValue_CfnParameter(awscdk.NewCfnParameter(d.stack, jsii.String("Token"), noEcho))
	case "ssm-secure":
		d.token = "own"
		token = awscdk.SecretValue_SsmSecure(jsii.String("/token"), jsii.String("1"))
		d.Authentication = rediscache.Authentication_Token(token, &rediscache.TokenOptions{Store: jsii.Bool(false)})
		return
	}
	store := proptest.OneOf(t, "Store", nil, jsii.Bool(true), jsii.Bool(false))
	d.token, d.stored = "own", store == nil || *store
	d.Authentication = rediscache.Authentication_Token(token, &rediscache.TokenOptions{Store: store})
}

func (d *drawn) drawBackups(t *rapid.T) {
	if proptest.Draws(t, "SnapshotRetentionLimit") {
		d.SnapshotRetentionLimit = d.number(t, "SnapshotRetentionLimit", 0, 35)
	}
	d.drawWindows(t)
	sources := []string{"no", "no", "snapshot"}
	if d.ClusterMode == nil {
		sources = append(sources, "files", "file that is a token", "list that is a token")
	}
	switch proptest.OneOf(t, "restore", sources...) {
	case "snapshot":
		d.SnapshotName = d.text(t, "SnapshotName", rapid.StringMatching(`[a-z][a-z0-9]{0,20}`))
	case "files":
		d.SnapshotArns = jsii.PtrSlice("arn:aws:s3:::bucket/a.rdb", "arn:aws-cn:s3:::bucket/b/c.rdb")
	case "file that is a token":
		d.SnapshotArns = &[]*string{awscdk.NewCfnParameter(d.stack, jsii.String("File"), nil).ValueAsString()}
	case "list that is a token":
		listed := &awscdk.CfnParameterProps{Type: jsii.String("CommaDelimitedList")}
		d.SnapshotArns = awscdk.NewCfnParameter(d.stack, jsii.String("Files"), listed).ValueAsList()
	}
}

func (d *drawn) drawWindows(t *rapid.T) {
	// A daily window in the rest of the day after another one of so many minutes, from 05:00 or from where that ends.
	within := func(label string, from, free int) (start, length int) {
		length = rapid.IntRange(60, free).Draw(t, label+" length")
		return from + rapid.IntRange(0, free-length).Draw(t, label+" start"), length
	}
	clock := func(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60%24, minute%60) }
	snapshotEnd, snapshotLength := 5*60, 120 // the default
	given := proptest.OneOf(t, "windows", "default", "snapshot", "maintenance", "both", "tokens")
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
}
