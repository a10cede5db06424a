package serverlesscache_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/guard"
	"github.com/securebase/cdk-redis-cache/internal/replacement"
	guarded "github.com/securebase/cdk-redis-cache/internal/template"
)

// deployed is a template as the operator's guard reads it.
func deployed(t testing.TB, stack awscdk.Stack) *guarded.Template {
	t.Helper()
	text, err := json.Marshal(*assertions.Template_FromStack(stack, nil).ToJSON())
	require.NoError(t, err)
	parsed, err := guarded.Parse(text)
	require.NoError(t, err)
	return parsed
}

// securityGroup is one of the caller's, as a list.
func securityGroup(f fixture) *[]awsec2.ISecurityGroup {
	return &[]awsec2.ISecurityGroup{awsec2.SecurityGroup_FromSecurityGroupId(f.stack, jsii.String("Group"), jsii.String("sg-1"), nil)}
}

// What a change of a property does to a cache that is deployed, as the operator's guard finds it.
func TestAChangeOfAPropertyDoesThis(t *testing.T) {
	templateOf := func(change func(f fixture, p *props)) *guarded.Template {
		f := newFixture()
		f.cache(func(p *props) {
			named(p)
			if change != nil {
				change(f, p)
			}
		})
		return deployed(t, f.stack)
	}
	before := templateOf(nil)
	changed, replacing := map[string]bool{}, map[string]bool{}
	for _, test := range []struct {
		name, property string // of ServerlessCacheProps
		change         func(f fixture, p *props)
		want           []string
	}{
		{"the same again", "", nil, nil},
		{"another cache name", "ServerlessCacheName", func(_ fixture, p *props) { p.ServerlessCacheName = jsii.String("other") },
			[]string{"Cache replaced: ServerlessCacheName"}},
		{"another name", "Name", func(_ fixture, p *props) { p.Name = jsii.String("other") }, []string{
			"CacheDefaultUser replaced: UserId", "Cache replaced: ServerlessCacheName", "Cache login changed: UserGroupId",
			"CacheUser replaced: UserId", "CacheUser replaced: UserName", "CacheUserGroup replaced: UserGroupId",
			"CacheUserGroup login changed: UserIds",
		}},
		{"a key", "EncryptionKey", func(f fixture, p *props) { p.EncryptionKey = awskms.NewKey(f.stack, jsii.String("Key"), nil) },
			[]string{"Cache replaced: KmsKeyId"}},
		{"fewer subnets", "VpcSubnets", func(f fixture, p *props) { p.VpcSubnets = selectionOf((*f.vpc.IsolatedSubnets())[:1]) },
			[]string{"Cache replaced: SubnetIds"}},
		{"another VPC", "Vpc", func(f fixture, p *props) { p.Vpc = newVpc(f.stack, "Other") }, []string{"Cache replaced: SubnetIds"}},
		{"a snapshot", "SnapshotArnsToRestore", func(_ fixture, p *props) { p.SnapshotArnsToRestore = jsii.Strings("arn:aws:s3:::bucket/a.rdb") },
			[]string{"Cache replaced: SnapshotArnsToRestore"}},
		{"no login", "Authentication", func(_ fixture, p *props) { p.Authentication = serverlesscache.Authentication_None() },
			[]string{"Cache login changed: UserGroupId"}}, // the users stay, outside the stack
		{"another access string", "Authentication", func(_ fixture, p *props) {
			p.Authentication = serverlesscache.Authentication_Iam(&rediscache.IamOptions{AccessString: jsii.String("on ~* +@read")})
		}, nil},
		{"no snapshots", "SnapshotRetentionLimit", func(_ fixture, p *props) { p.SnapshotRetentionLimit = jsii.Number(0) },
			[]string{"Cache snapshots off: SnapshotRetentionLimit"}},
		{"no protection", "RemovalPolicy", func(_ fixture, p *props) { p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY },
			[]string{"Cache unprotected: DeletionPolicy", "Cache unprotected: UpdateReplacePolicy"}},
		{"a last snapshot instead of the cache", "FinalSnapshotName", func(_ fixture, p *props) { p.FinalSnapshotName = jsii.String("last") },
			[]string{"Cache unprotected: DeletionPolicy", "Cache unprotected: UpdateReplacePolicy"}},
		{"less data", "CacheUsageLimits", func(_ fixture, p *props) { p.CacheUsageLimits.DataStorage.Maximum = jsii.Number(9) },
			[]string{"Cache may be evicted: CacheUsageLimits.DataStorage.Maximum"}},
		{"no limits", "CacheUsageLimits", func(_ fixture, p *props) { p.CacheUsageLimits = nil }, nil},
		{"another engine", "Engine", func(_ fixture, p *props) { p.Engine = jsii.String("redis") }, nil},
		{"another engine version", "MajorEngineVersion", func(_ fixture, p *props) { p.MajorEngineVersion = jsii.String("9") }, nil},
		{"another description", "Description", func(_ fixture, p *props) { p.Description = jsii.String("Other") }, nil},
		{"another time of snapshots", "DailySnapshotTime", func(_ fixture, p *props) { p.DailySnapshotTime = jsii.String("04:00") }, nil},
		{"a security group of the caller", "SecurityGroups", func(f fixture, p *props) { p.SecurityGroups = securityGroup(f) }, nil},
		{"a client", "AllowedSecurityGroups", func(f fixture, p *props) { p.AllowedSecurityGroups = securityGroup(f) }, nil},
		{"an action of alarms", "AlarmActions", func(f fixture, p *props) {
			p.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(awssns.NewTopic(f.stack, jsii.String("Alarms"), nil))}
		}, nil},
		{"no alarms", "Alarms", func(_ fixture, p *props) { p.Alarms = &serverlesscache.AlarmOptions{Enabled: jsii.Bool(false)} }, nil},
		{"tags", "Tags", func(_ fixture, p *props) { p.Tags = &map[string]*string{"a": jsii.String("b")} }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			changed[test.property] = true
			var got []string
			after := templateOf(test.change)
			for _, f := range guard.Compare(before, after) {
				if f.Type == cacheType && f.Loss == guard.Replaced {
					replacing[f.Property] = true
				}
				id := regexp.MustCompile(`[0-9A-F]{8}$`).ReplaceAllString(f.LogicalID, "")
				if f.Type != cacheType && test.property != "Name" {
					continue // users and their group stand and fall with the cache
				}
				got = append(got, fmt.Sprintf("%s %s: %s", id, f.Loss, f.Property))
			}
			assert.ElementsMatch(t, test.want, got)
			if test.property != "" {
				assert.NotEqual(t, before, after, "the change is to be seen in the template")
			}
		})
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[props]()) {
		assert.True(t, changed[field.Name], "%s has no change in the table", field.Name)
	}
	table, _ := replacement.Find(cacheType)
	for _, property := range table.CreateOnly {
		neverSet := property == "NetworkType" || property == "ConnectionType"
		assert.NotEqual(t, neverSet, replacing[property], property)
	}
}
