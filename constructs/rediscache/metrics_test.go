package rediscache_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// metricOptions override everything that a metric has by default.
var metricOptions = &awscloudwatch.MetricOptions{
	Statistic: jsii.String("p99"), Period: awscdk.Duration_Minutes(jsii.Number(1)), Label: jsii.String("mine"),
	DimensionsMap: &map[string]*string{"CacheNodeId": jsii.String("0001")},
}

// metricKind is a metric of a node, and of the whole group.
type metricKind struct {
	name, statistic string
	ofNode          func(rediscache.IMember, *awscloudwatch.MetricOptions) awscloudwatch.Metric
	ofGroup         func(rediscache.IRedisCache, *awscloudwatch.MetricOptions) awscloudwatch.IMetric
	math            string // over all nodes
}

var metricKinds = []metricKind{
	{"CPUUtilization", "Average", rediscache.IMember.MetricCpuUtilization, rediscache.IRedisCache.MetricCpuUtilization, "MAX"},
	{"EngineCPUUtilization", "Average",
		rediscache.IMember.MetricEngineCpuUtilization, rediscache.IRedisCache.MetricEngineCpuUtilization, "MAX"},
	{"DatabaseMemoryUsagePercentage", "Average",
		rediscache.IMember.MetricDatabaseMemoryUsagePercentage, rediscache.IRedisCache.MetricDatabaseMemoryUsagePercentage, "MAX"},
	{"Evictions", "Sum", rediscache.IMember.MetricEvictions, rediscache.IRedisCache.MetricEvictions, "SUM"},
	{"ReplicationLag", "Maximum", rediscache.IMember.MetricReplicationLag, rediscache.IRedisCache.MetricReplicationLag, "MAX"},
	{"CurrConnections", "Maximum", rediscache.IMember.MetricCurrConnections, rediscache.IRedisCache.MetricCurrConnections, "SUM"},
	{"NetworkBytesIn", "Average",
		func(m rediscache.IMember, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
			return m.Metric(jsii.String("NetworkBytesIn"), options)
		},
		func(c rediscache.IRedisCache, options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
			return c.Metric(jsii.String("NetworkBytesIn"), options)
		}, "MAX"},
	{"CacheHitRate", "Average", rediscache.IMember.MetricCacheHitRate, rediscache.IRedisCache.MetricCacheHitRate, ""},
}

// cacheOf is a cache named securebase-prod of so many nodes.
func cacheOf(nodes float64) (fixture, rediscache.RedisCache) {
	f := newFixture()
	return f, f.cache(func(p *props) { p.Name, p.NumCacheNodes = jsii.String("securebase-prod"), &nodes })
}

func TestMembersAreTheNodesInTheOrderOfTheirIDs(t *testing.T) {
	_, cache := cacheOf(3)
	var ids []string
	for _, m := range *cache.Members() {
		ids = append(ids, *m.CacheClusterId())
	}
	assert.Equal(t, []string{"securebase-prod-redis-001", "securebase-prod-redis-002", "securebase-prod-redis-003"}, ids)
	(*cache.Members())[0] = nil
	assert.NotNil(t, (*cache.Members())[0], "the list is a copy")
}

func TestMetricOfANode(t *testing.T) {
	_, cache := cacheOf(2)
	first, second := (*cache.Members())[0], (*cache.Members())[1]
	for _, kind := range metricKinds {
		t.Run(kind.name, func(t *testing.T) {
			byDefault := kind.ofNode(first, nil)
			assert.Equal(t, "AWS/ElastiCache", *byDefault.Namespace())
			assert.Equal(t, kind.name, *byDefault.MetricName())
			assert.Equal(t, kind.statistic, *byDefault.Statistic())
			assert.Equal(t, 300.0, *byDefault.Period().ToSeconds(nil))
			assert.Equal(t, object{"CacheClusterId": "securebase-prod-redis-001"}, *byDefault.Dimensions())
			changed := kind.ofNode(second, metricOptions)
			assert.Equal(t, "p99", *changed.Statistic())
			assert.Equal(t, 60.0, *changed.Period().ToSeconds(nil))
			assert.Equal(t, "mine", *changed.Label())
			assert.Equal(t, object{"CacheClusterId": "securebase-prod-redis-002", "CacheNodeId": "0001"}, *changed.Dimensions())
		})
	}
}

func TestMetricOfAGroupOfOneNodeIsTheMetricOfTheNode(t *testing.T) {
	_, cache := cacheOf(1)
	for _, kind := range metricKinds {
		t.Run(kind.name, func(t *testing.T) {
			metric, is := kind.ofGroup(cache, metricOptions).(awscloudwatch.Metric)
			require.True(t, is, "no metric math")
			assert.Equal(t, kind.name, *metric.MetricName())
			assert.Equal(t, "p99", *metric.Statistic())
			assert.Equal(t, object{"CacheClusterId": "securebase-prod-redis-001", "CacheNodeId": "0001"}, *metric.Dimensions())
		})
	}
}

func TestMetricOfAGroupOfThreeNodesIsMathOverThem(t *testing.T) {
	_, cache := cacheOf(3)
	// idsOf are the ids of a metric of the three nodes, which start with a small letter as CloudWatch wants.
	idsOf := func(name string) []string {
		id := strings.ToLower(name[:1]) + name[1:]
		return []string{id + "_001", id + "_002", id + "_003"}
	}
	// check wants an expression over metrics of the nodes, by their ids.
	check := func(t *testing.T, metric awscloudwatch.IMetric, label, expression string, metrics map[string]string, statistic string) {
		math, is := metric.(awscloudwatch.MathExpression)
		require.True(t, is, "metric math")
		assert.Equal(t, expression, *math.Expression())
		assert.Equal(t, label, *math.Label())
		used := *math.UsingMetrics()
		assert.Len(t, used, len(metrics))
		for id, name := range metrics {
			require.Contains(t, used, id)
			metric := used[id].(awscloudwatch.Metric)
			assert.Equal(t, name, *metric.MetricName(), id)
			assert.Equal(t, statistic, *metric.Statistic(), id)
			assert.Equal(t, "securebase-prod-redis-"+id[len(id)-3:], (*metric.Dimensions())["CacheClusterId"], id)
		}
	}
	for _, kind := range metricKinds {
		if kind.math == "" {
			continue
		}
		t.Run(kind.name, func(t *testing.T) {
			ids, metrics := idsOf(kind.name), map[string]string{}
			for _, id := range ids {
				metrics[id] = kind.name
			}
			expression := kind.math + "([" + strings.Join(ids, ", ") + "])"
			check(t, kind.ofGroup(cache, nil), kind.name, expression, metrics, kind.statistic)
			check(t, kind.ofGroup(cache, metricOptions), "mine", expression, metrics, "p99")
			assert.Equal(t, 60.0, *kind.ofGroup(cache, metricOptions).(awscloudwatch.MathExpression).Period().ToSeconds(nil))
		})
	}
	t.Run("CacheHitRate", func(t *testing.T) {
		metrics := map[string]string{}
		for _, name := range []string{"CacheHits", "CacheMisses"} {
			for _, id := range idsOf(name) {
				metrics[id] = name
			}
		}
		check(t, cache.MetricCacheHitRate(nil), "CacheHitRate", "100 * SUM([cacheHits_001, cacheHits_002, cacheHits_003]) / "+
			"SUM([cacheHits_001, cacheHits_002, cacheHits_003, cacheMisses_001, cacheMisses_002, cacheMisses_003])", metrics, "Sum")
	})
}

// CDK refuses two different metrics of one id in an expression and those that it uses.
func TestMetricsOfAGroupCanBeCombinedInAnAlarm(t *testing.T) {
	f, cache := cacheOf(3)
	ratio := awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: jsii.String("evicted / connected"),
		UsingMetrics: &map[string]awscloudwatch.IMetric{
			"evicted": cache.MetricEvictions(nil), "connected": cache.MetricCurrConnections(nil),
		},
	})
	ratio.CreateAlarm(f.stack, jsii.String("Ratio"), &awscloudwatch.CreateAlarmOptions{
		Threshold: jsii.Number(10), EvaluationPeriods: jsii.Number(1),
	})
	queries := map[string]any{}
	for _, query := range synthesize(t, f.stack).named(t, "Ratio").Properties["Metrics"].(list) {
		id := query.(object)["Id"].(string)
		assert.NotContains(t, queries, id)
		queries[id] = query
	}
	assert.Len(t, queries, 1+2+2*3)
	for _, id := range []string{"evicted", "connected", "evictions_001", "evictions_003", "currConnections_001", "currConnections_003"} {
		assert.Contains(t, queries, id)
	}
	for _, warning := range warningsOf(f.stack) {
		assert.NotContains(t, warning, "metric", "CDK finds the metrics of every id")
	}
}

func TestMetricNeedsAName(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	want := invalid("Test/Cache", `Metric: name: is required; pass a metric of ElastiCache, such as "CurrItems"`)
	assert.EqualError(t, validationError(t, func() { cache.Metric(nil, nil) }), want)
	assert.EqualError(t, validationError(t, func() { (*cache.Members())[0].Metric(jsii.String(""), nil) }), want)
}
