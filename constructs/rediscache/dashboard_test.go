package rediscache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// dashboardBody is the text of the dashboard of a cache with the changed props.
func dashboardBody(t *testing.T, change func(p *props)) string {
	t.Helper()
	tpl := templateOf(t, func(p *props) {
		p.Dashboard = jsii.Bool(true)
		change(p)
	})
	var body strings.Builder
	for _, part := range tpl.one(t, dashboard).Properties["DashboardBody"].(object)["Fn::Join"].(list)[1].(list) {
		fmt.Fprint(&body, part)
	}
	return body.String()
}

func TestDashboardShowsEveryNode(t *testing.T) {
	body := dashboardBody(t, func(p *props) { p.Name = jsii.String("securebase-prod") })
	for _, shown := range []string{
		"CPUUtilization", "EngineCPUUtilization", "DatabaseMemoryUsagePercentage", "CacheHitRate", "Evictions", "CurrConnections",
		"ReplicationLag", "GetTypeCmdsLatency", "SetTypeCmdsLatency", "CPUCreditBalance", "AuthenticationFailures",
		"securebase-prod-redis-001", "securebase-prod-redis-002", `"type":"alarm"`, `"type":"log"`,
	} {
		assert.Contains(t, body, shown)
	}
}

// Dashboards are global in an account, so two regions need two names.
func TestDashboardNameHasTheRegion(t *testing.T) {
	tpl := templateOf(t, func(p *props) { p.Name, p.Dashboard = jsii.String("securebase-prod"), jsii.Bool(true) })
	assert.Equal(t, join("securebase-prod-redis-", object{"Ref": "AWS::Region"}), tpl.one(t, dashboard).Properties["DashboardName"])
	stack := newStackIn(newApp(), "Test", "123456789012", "eu-central-1")
	fixture{stack, newVpc(stack)}.cache(func(p *props) { p.Name, p.Dashboard = jsii.String("securebase-prod"), jsii.Bool(true) })
	assert.Equal(t, "securebase-prod-redis-eu-central-1", synthesize(t, stack).one(t, dashboard).Properties["DashboardName"])
}

func TestDashboardDrawsTheThresholdsOfTheAlarmsThatExist(t *testing.T) {
	lines := func(nodeType string) int {
		return strings.Count(dashboardBody(t, func(p *props) { p.NodeType = &nodeType }), `"annotations"`)
	}
	assert.Equal(t, 7, lines("cache.r7g.large"), "host, engine, memory, evictions, hit rate, refused logins and lag")
	assert.Equal(t, 8, lines("cache.t4g.medium"), "and CPU credits")
}

func TestDashboardHasNoGraphOfWhatIsNotPublished(t *testing.T) {
	body := dashboardBody(t, func(p *props) {
		p.NumCacheNodes, p.NodeType = jsii.Number(1), jsii.String("cache.r7g.large")
		p.Alarms = &rediscache.AlarmOptions{Enabled: jsii.Bool(false)}
	})
	for _, absent := range []string{"ReplicationLag", "CPUCreditBalance", `"type":"alarm"`, `"annotations"`} {
		assert.NotContains(t, body, absent)
	}
}
