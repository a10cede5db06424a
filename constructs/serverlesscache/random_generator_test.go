package serverlesscache_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
)

// drawProps draws valid props in a stack of their own.
func drawProps(t *rapid.T) *drawn {
	app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
	d := &drawn{props: &props{}, fixture: fixture{app: app, stack: awscdk.NewStack(app, jsii.String("Test"), nil)}}
	name := rapid.StringMatching(`[a-z][a-z0-9]{0,10}(-[a-z0-9]{1,10})?`)
	if draws(t, "Name") {
		d.Name = d.text(t, "Name", name)
	}
	if draws(t, "ServerlessCacheName") {
		d.ServerlessCacheName = d.text(t, "ServerlessCacheName", name)
	}
	if draws(t, "Description") {
		d.Description = d.text(t, "Description", rapid.StringMatching(`[ -;=?-~]{0,100}`))
	}
	d.drawNetwork(t)
	d.drawEngine(t)
	d.drawLogin(t)
	switch oneOf(t, "EncryptionKey", "none", "own", "imported") {
	case "own":
		d.EncryptionKey = awskms.NewKey(d.stack, jsii.String("Key"), nil)
	case "imported":
		arn := "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
		d.EncryptionKey = awskms.Key_FromKeyArn(d.stack, jsii.String("Key"), &arn)
	}
	d.drawBackup(t)
	d.drawAlarms(t)
	if draws(t, "Tags") {
		tags := map[string]*string{}
		for i := range rapid.IntRange(0, 4).Draw(t, "number of tags") {
			key := rapid.StringMatching(`[B-Zb-z][A-Za-z0-9_.:/=+@-]{0,20}`).Draw(t, "key")
			tags[key] = d.text(t, fmt.Sprint("Tag", i), rapid.StringMatching(`[A-Za-z0-9_.:/=+@-]{1,20}`))
		}
		d.Tags = &tags
	}
	return d
}

func (d *drawn) drawNetwork(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "VPC of the stack") == 9 {
		d.Vpc = newVpc(d.stack, "Vpc")
	} else {
		d.Vpc = awsec2.Vpc_FromVpcAttributes(d.stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
			VpcId:             jsii.String("vpc-0a1b2c3d"),
			AvailabilityZones: jsii.Strings("us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d"),
			IsolatedSubnetIds: jsii.Strings("subnet-0a1b2c31", "subnet-0a1b2c32", "subnet-0a1b2c33", "subnet-0a1b2c34"),
			PublicSubnetIds:   jsii.Strings("subnet-0a1b2c35", "subnet-0a1b2c36", "subnet-0a1b2c37", "subnet-0a1b2c38"),
		})
	}
	isolated := *d.Vpc.IsolatedSubnets()
	if draws(t, "VpcSubnets") {
		d.VpcSubnets = selectionOf(isolated[:rapid.IntRange(2, min(3, len(isolated))).Draw(t, "number of subnets")])
	}
	securityGroups := func(kind string, least int) *[]awsec2.ISecurityGroup {
		groups := []awsec2.ISecurityGroup{}
		for i := range rapid.IntRange(least, 3).Draw(t, "number of "+kind) {
			id := fmt.Sprint(kind, i)
			if draws(t, id+" of the stack") {
				groups = append(groups, awsec2.NewSecurityGroup(d.stack, &id, &awsec2.SecurityGroupProps{Vpc: d.Vpc}))
				continue
			}
			groupID := d.text(t, id, rapid.StringMatching("sg-[0-9a-f]{17}"))
			groups = append(groups, awsec2.SecurityGroup_FromSecurityGroupId(d.stack, &id, groupID, nil))
		}
		return &groups
	}
	if draws(t, "SecurityGroups") {
		d.SecurityGroups = securityGroups("Own", 1)
	}
	if draws(t, "AllowedSecurityGroups") {
		d.AllowedSecurityGroups = securityGroups("Client", 0)
	}
}

func (d *drawn) drawEngine(t *rapid.T) {
	if draws(t, "Engine") {
		d.Engine = jsii.String(oneOf(t, "Engine", "valkey", "redis"))
	}
	if draws(t, "MajorEngineVersion") {
		versions := []string{"7", "8", "9", "10"}
		if d.Engine != nil && *d.Engine == "redis" {
			versions = []string{"7", "8"}
		}
		d.MajorEngineVersion = d.text(t, "MajorEngineVersion", rapid.SampledFrom(versions))
	}
	limit := func(name string, least, most int) *serverlesscache.UsageLimitOptions {
		options := &serverlesscache.UsageLimitOptions{}
		if draws(t, name+".Minimum") {
			options.Minimum = jsii.Number(rapid.IntRange(least, most).Draw(t, name+".Minimum"))
			least = int(*options.Minimum)
		}
		if draws(t, name+".Maximum") {
			options.Maximum = jsii.Number(rapid.IntRange(least, most).Draw(t, name+".Maximum"))
		}
		return options
	}
	if !draws(t, "CacheUsageLimits") {
		return
	}
	d.CacheUsageLimits = &serverlesscache.CacheUsageLimitsOptions{}
	if draws(t, "DataStorage") {
		d.CacheUsageLimits.DataStorage = limit("DataStorage", 1, 5000)
	}
	if draws(t, "EcpuPerSecond") {
		d.CacheUsageLimits.EcpuPerSecond = limit("EcpuPerSecond", 1000, 15_000_000)
	}
}

func (d *drawn) drawLogin(t *rapid.T) {
	d.login = oneOf(t, "Authentication", "default", "iam", "less", "group", "none")
	switch d.login {
	case "iam":
		d.Authentication = serverlesscache.Authentication_Iam(nil)
	case "less":
		d.Authentication = serverlesscache.Authentication_Iam(&rediscache.IamOptions{AccessString: jsii.String("on ~* +@read")})
	case "group":
		d.Authentication = serverlesscache.Authentication_UserGroup(awselasticache.NewCfnUserGroup(d.stack, jsii.String("Users"),
			&awselasticache.CfnUserGroupProps{Engine: jsii.String("redis"), UserGroupId: jsii.String("users"), UserIds: jsii.Strings("off")}))
	case "none":
		d.Authentication = serverlesscache.Authentication_None()
	}
}

func (d *drawn) drawBackup(t *rapid.T) {
	if draws(t, "SnapshotRetentionLimit") {
		d.SnapshotRetentionLimit = d.number(t, "Retention", 0, 35)
	}
	if draws(t, "DailySnapshotTime") && (d.SnapshotRetentionLimit == nil || *d.SnapshotRetentionLimit != 0) {
		d.DailySnapshotTime = d.text(t, "Time", rapid.StringMatching(`([01][0-9]|2[0-3]):[0-5][0-9]`))
	}
	if draws(t, "SnapshotArnsToRestore") {
		d.SnapshotArnsToRestore = &[]*string{d.text(t, "Arn", rapid.SampledFrom([]string{"arn:aws:s3:::bucket/a.rdb",
			"arn:aws:elasticache:us-east-1:111122223333:serverlesscachesnapshot:monday"}))}
	}
	if draws(t, "FinalSnapshotName") {
		d.FinalSnapshotName = d.text(t, "FinalSnapshotName", rapid.StringMatching(`[a-z]{1,20}(-[a-z0-9]{1,9})?`))
	}
	d.RemovalPolicy = oneOf(t, "RemovalPolicy", "", awscdk.RemovalPolicy_RETAIN, awscdk.RemovalPolicy_DESTROY,
		awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)
}

func (d *drawn) drawAlarms(t *rapid.T) {
	if draws(t, "AlarmActions") {
		topic := awssns.Topic_FromTopicArn(d.stack, jsii.String("Topic"), jsii.String("arn:aws:sns:us-east-1:111122223333:alarms"))
		d.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(topic)}
	}
	var enabled *bool
	if draws(t, "Alarms") {
		enabled = oneOf(t, "Alarms.Enabled", nil, jsii.Bool(true), jsii.Bool(false))
		d.Alarms = &serverlesscache.AlarmOptions{Enabled: enabled}
	}
	given := func(options *serverlesscache.UsageLimitOptions) bool { return options != nil && options.Maximum != nil }
	limits := serverlesscache.CacheUsageLimitsOptions{}
	if d.CacheUsageLimits != nil {
		limits = *d.CacheUsageLimits
	}
	for _, kind := range []struct {
		metric  string
		watches bool
		literal bool // the alarm is computed from the threshold
		most    int
		set     func(threshold *rediscache.AlarmThreshold)
	}{
		{"BytesUsedForCache", given(limits.DataStorage), true, 100, func(a *rediscache.AlarmThreshold) { d.Alarms.DataStorage = a }},
		{"ElastiCacheProcessingUnits", given(limits.EcpuPerSecond), true, 100, func(a *rediscache.AlarmThreshold) { d.Alarms.EcpuPerSecond = a }},
		{"ThrottledCmds", true, false, 1e6, func(a *rediscache.AlarmThreshold) { d.Alarms.ThrottledCmds = a }},
		{"Evictions", true, false, 1e6, func(a *rediscache.AlarmThreshold) { d.Alarms.Evictions = a }},
		{"CacheHitRate", true, false, 100, func(a *rediscache.AlarmThreshold) { d.Alarms.CacheHitRate = a }},
		{"AuthenticationFailures", d.login != "none", false, 1e6, func(a *rediscache.AlarmThreshold) { d.Alarms.AuthenticationFailures = a }},
	} {
		on := kind.watches && (enabled == nil || *enabled)
		if d.Alarms != nil && kind.watches && draws(t, kind.metric) {
			threshold := &rediscache.AlarmThreshold{Enabled: oneOf(t, kind.metric+" enabled", nil, jsii.Bool(true), jsii.Bool(false))}
			on = on && (threshold.Enabled == nil || *threshold.Enabled)
			if kind.literal {
				threshold.Threshold = jsii.Number(rapid.IntRange(0, kind.most).Draw(t, kind.metric))
			} else {
				threshold.Threshold = d.number(t, kind.metric, 0, kind.most)
			}
			threshold.EvaluationPeriods = d.number(t, kind.metric+"Periods", 1, 288)
			kind.set(threshold)
		}
		if on {
			d.alarms = append(d.alarms, kind.metric)
		}
	}
}
