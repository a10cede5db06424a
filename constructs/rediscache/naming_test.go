package rediscache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
)

func TestEveryPhysicalNameStartsWithTheName(t *testing.T) {
	tpl := templateOf(t, func(p *props) { p.Name, p.Dashboard = jsii.String("securebase-prod"), jsii.Bool(true) })
	names := map[string]bool{}
	for _, r := range tpl.Resources {
		for _, property := range []string{"ReplicationGroupId", "LogGroupName", "Name", "AlarmName", "DashboardName"} {
			name, given := r.Properties[property]
			if !given {
				continue
			}
			if joined, is := name.(object); is { // the dashboard's name has the region at its end
				name = joined["Fn::Join"].(list)[1].(list)[0]
			}
			names[fmt.Sprint(r.Type, " ", name)] = true
			assert.Regexp(t, "^(/aws/elasticache/)?securebase-prod[-/]", name)
		}
	}
	assert.Len(t, names, 1+2+2+18+1, "group, logs, secrets, alarms and dashboard")
}

func TestWithoutANameCloudFormationNamesEverything(t *testing.T) {
	tpl := templateOf(t, func(p *props) { p.Dashboard = jsii.Bool(true) })
	for id, r := range tpl.Resources {
		for _, name := range []string{"ReplicationGroupId", "LogGroupName", "Name", "AlarmName", "DashboardName", "GroupName"} {
			assert.NotContains(t, r.Properties, name, id)
		}
	}
	assert.NotContains(t, tpl.one(t, subnetGroup).Properties, "CacheSubnetGroupName")
}

func TestNameMayBeAToken(t *testing.T) {
	f := newFixture()
	name := awscdk.NewCfnParameter(f.stack, jsii.String("Prefix"), nil).ValueAsString()
	f.cache(func(p *props) { p.Name = name })
	tpl := synthesize(t, f.stack)
	assert.Equal(t, join(object{"Ref": "Prefix"}, "-redis"), tpl.one(t, replicationGroup).Properties["ReplicationGroupId"])
	assert.Equal(t, dimension(join(tpl.ref(t, "CacheReplicationGroup"), "-001")), tpl.named(t, "CacheCpuAlarm1").Properties["Dimensions"],
		"the id is stored in lower case, so the alarms take it as it is stored")
}

func TestAlarmsWatchTheGivenReplicationGroup(t *testing.T) {
	tpl := templateOf(t, func(p *props) {
		p.Name, p.ReplicationGroupId = jsii.String("securebase-prod"), jsii.String("legacy")
	})
	properties := tpl.named(t, "CacheCpuAlarm2").Properties
	assert.Equal(t, dimension("legacy-002"), properties["Dimensions"])
	assert.Equal(t, "securebase-prod-redis-002-cpu", properties["AlarmName"], "names come from the Name")
}

func TestSecondCacheWithANameOrIDOfTheFirstIsRefused(t *testing.T) {
	name := func(p *props) { p.Name = jsii.String("securebase-prod") }
	id := func(p *props) { p.ReplicationGroupId = jsii.String("legacy") }
	derivedID := func(p *props) { p.ReplicationGroupId = jsii.String("securebase-prod-redis") }
	unique := "is unique in an account and region; give each cache its own"
	tests := []struct {
		name          string
		first, second func(p *props)
		want          string
	}{
		{"the same Name", name, name, `Name: "securebase-prod" is the name of Test/A already, and a name ` + unique},
		{"the same ReplicationGroupId", id, id, `ReplicationGroupId: "legacy" is the id of Test/A already, and an id ` + unique},
		{"the id that the Name of the first makes", name, derivedID,
			`ReplicationGroupId: "securebase-prod-redis" is the id of Test/A already, and an id ` + unique},
		{"a Name that makes the id of the first", derivedID, name,
			`Name: "securebase-prod" makes the ReplicationGroupId of Test/A, which ` + unique},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFixture()
			f.cacheNamed("A", test.first)
			assert.EqualError(t, validationError(t, func() { f.cacheNamed("B", test.second) }), invalid("Test/B", test.want))
			newFixture().cacheNamed("B", test.second) // in another app
		})
	}
	t.Run("two names that are tokens are not compared", func(t *testing.T) {
		f := newFixture()
		parameter := awscdk.NewCfnParameter(f.stack, jsii.String("Prefix"), nil).ValueAsString()
		token := func(p *props) { p.Name = parameter }
		f.cacheNamed("A", token)
		f.cacheNamed("B", token)
	})
}

func TestTagsReachEveryResourceThatTakesThem(t *testing.T) {
	tpl := templateOf(t, func(p *props) { p.Tags = &map[string]*string{"Project": jsii.String("SecureBase")} })
	for id, r := range tpl.Resources {
		if strings.HasPrefix(id, "Cache") {
			assert.Equal(t, list{object{"Key": "Project", "Value": "SecureBase"}}, r.Properties["Tags"], id)
		}
	}
}

// CloudFormation refuses an alarm with an empty tag, and no other resource of a cache.
func TestEmptyTagIsOnEverythingButAlarms(t *testing.T) {
	tpl := templateOf(t, func(p *props) {
		p.Tags = &map[string]*string{"Empty": jsii.String(""), "Tier": jsii.String("Premium")}
	})
	premium := object{"Key": "Tier", "Value": "Premium"}
	assert.Equal(t, list{object{"Key": "Empty", "Value": ""}, premium}, tpl.one(t, replicationGroup).Properties["Tags"])
	for id, r := range tpl.allOf(alarm) {
		assert.Equal(t, list{premium}, r.Properties["Tags"], id)
	}
}
