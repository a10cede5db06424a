package rediscache_test

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// check looks at what has to hold for every cache.
func (d *drawn) check(t *rapid.T) {
	text, err := json.Marshal(*assertions.Template_FromStack(d.stack, nil).ToJSON())
	require.NoError(t, err)
	var tpl template
	require.NoError(t, json.Unmarshal(text, &tpl))
	checkNoUnresolvedToken(t, string(text))

	group := onlyGroup(t, tpl)
	assert.Equal(t, true, group["AtRestEncryptionEnabled"])
	assert.Equal(t, true, group["TransitEncryptionEnabled"])
	assert.Equal(t, d.nodes > 1, group["AutomaticFailoverEnabled"])
	assert.Equal(t, d.MultiAzEnabled == nil && d.nodes > 1 || d.MultiAzEnabled != nil && *d.MultiAzEnabled, group["MultiAZEnabled"])
	d.checkShards(t, tpl, group)
	assert.LessOrEqual(t, len(tpl.Resources), cloudFormationResources)
	checkDashboardLimits(t, tpl)
	if d.Engine == nil || d.major >= 7 {
		assert.Equal(t, "required", group["TransitEncryptionMode"])
	}
	d.checkNames(t, tpl, group)
	d.checkWindows(t, group)
	d.checkLogin(t, tpl, group)
	d.checkAlarms(t, tpl)
	d.checkNetwork(t, tpl, group)
	d.checkTags(t, group)

	logs := 1
	if d.engineLog {
		logs = 2
	}
	assert.Len(t, tpl.allOf(logGroup), logs)
	assert.Len(t, group["LogDeliveryConfigurations"], logs)
}

func checkNoUnresolvedToken(t *rapid.T, text string) {
	for _, marker := range []string{"${Token[", "#{Token[", "TOKEN.", "-18881", "-1.888"} {
		if at := strings.Index(text, marker); at >= 0 {
			assert.Fail(t, "an unresolved token", text[max(0, at-200):min(len(text), at+100)])
		}
	}
}

func onlyGroup(t *rapid.T, tpl template) object {
	groups := tpl.allOf(replicationGroup)
	require.Len(t, groups, 1)
	for _, group := range groups {
		return group.Properties
	}
	panic("unreachable")
}

func isTokenText(text *string) bool { return text != nil && strings.Contains(*text, "Token[") }

func (d *drawn) checkNames(t *rapid.T, tpl template, group object) {
	switch {
	case isTokenText(d.ReplicationGroupId) || d.ReplicationGroupId == nil && isTokenText(d.Name):
		assert.Contains(t, group, "ReplicationGroupId")
	case d.ReplicationGroupId != nil:
		assert.Equal(t, *d.ReplicationGroupId, group["ReplicationGroupId"])
	case d.Name != nil:
		assert.Equal(t, *d.Name+"-redis", group["ReplicationGroupId"])
		assert.LessOrEqual(t, len(*d.Name+"-redis"), 40)
	default:
		assert.NotContains(t, group, "ReplicationGroupId")
	}
	if d.Name != nil {
		return
	}
	for id, r := range tpl.Resources {
		if _, named := r.Properties[physicalName(r.Type)]; named && isOfCache(id) {
			// Users have no generated names, and the id of the group may be given without a Name.
			assert.Contains(t, []string{replicationGroup, "AWS::ElastiCache::User", "AWS::ElastiCache::UserGroup"}, r.Type, id)
		}
	}
}

func (d *drawn) checkWindows(t *rapid.T, group object) {
	for property, given := range map[string]*string{"SnapshotWindow": d.SnapshotWindow, "PreferredMaintenanceWindow": d.MaintenanceWindow} {
		byDefault := map[string]string{"SnapshotWindow": "03:00-05:00", "PreferredMaintenanceWindow": "sun:05:00-sun:07:00"}[property]
		switch {
		case given == nil:
			assert.Equal(t, byDefault, group[property])
		case !isTokenText(given):
			assert.Equal(t, *given, group[property])
		}
	}
	if !isTokenText(d.SnapshotWindow) && !isTokenText(d.MaintenanceWindow) {
		assert.False(t, overlap(group["SnapshotWindow"].(string), group["PreferredMaintenanceWindow"].(string)), "windows overlap")
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
	split := func(window string) []string {
		return strings.FieldsFunc(window, func(r rune) bool { return r == ':' || r == '-' })
	}
	part := split(daily)
	backup := of(minute(part[0], part[1]), minute(part[2], part[3]), day)
	part = split(weekly)
	for m := range of(weekday(part[0])+minute(part[1], part[2]), weekday(part[3])+minute(part[4], part[5]), 7*day) {
		if backup[m%day] {
			return true
		}
	}
	return false
}

// A token is only ever a reference, and in two places. With IAM there is a user group instead.
func (d *drawn) checkLogin(t *rapid.T, tpl template, group object) {
	secrets := 0
	for id, r := range tpl.allOf(secret) {
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
	users := tpl.allOf("AWS::ElastiCache::User")
	if d.login != "iam" {
		assert.Empty(t, users)
		assert.NotContains(t, group, "UserGroupIds")
		return
	}
	assert.Len(t, users, 2, "the one that functions share, and the locked one")
	assert.Len(t, group["UserGroupIds"], 1)
	for id, user := range users {
		if user.Properties["UserName"] == "default" {
			assert.Equal(t, "off ~* -@all", user.Properties["AccessString"], id)
			assert.NotEqual(t, "default", user.Properties["UserId"], id)
		}
	}
}

// The cache lets in security groups on its port only, and nobody by address.
func (d *drawn) checkNetwork(t *rapid.T, tpl template, group object) {
	own := tpl.allOf(securityGroup)
	maps.DeleteFunc(own, func(id string, _ resource) bool { return !isOfCache(id) })
	assert.Len(t, own, map[bool]int{true: 1}[d.SecurityGroups == nil], "default security groups")
	assert.Len(t, group["SecurityGroupIds"], max(1, len(elements(d.SecurityGroups))))
	for id, r := range own {
		assert.NotContains(t, r.Properties, "SecurityGroupIngress", id)
		assert.Equal(t, 1, strings.Count(jsonOf(r.Properties["SecurityGroupEgress"]), "CidrIp"), "CDK's rule that allows nothing")
	}
	for id, r := range tpl.allOf(ingress) {
		assert.NotContains(t, jsonOf(r.Properties), "Cidr", id)
		assert.Equal(t, r.Properties["FromPort"], r.Properties["ToPort"], id)
		assert.Contains(t, r.Properties, "SourceSecurityGroupId", id)
	}
	assert.Len(t, tpl.allOf(subnetGroup), map[bool]int{true: 1}[d.SubnetGroupName == nil])
	if d.SubnetGroupName != nil && !isTokenText(d.SubnetGroupName) {
		assert.Equal(t, *d.SubnetGroupName, group["CacheSubnetGroupName"])
	}
}

func (d *drawn) checkTags(t *rapid.T, group object) {
	if d.Tags == nil || len(*d.Tags) == 0 {
		assert.NotContains(t, group, "Tags")
		return
	}
	tags := group["Tags"].(list)
	assert.Len(t, tags, len(*d.Tags))
	for _, tag := range tags {
		key := tag.(object)["Key"].(string)
		if given := (*d.Tags)[key]; !isTokenText(given) {
			assert.Equal(t, *given, tag.(object)["Value"], key)
		}
	}
}
