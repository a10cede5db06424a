package rediscache

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/metric"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

const namespace = metric.Namespace

// Metrics, by the names that ElastiCache publishes them under.
const (
	cpuUtilization   = "CPUUtilization"
	engineCPU        = "EngineCPUUtilization"
	memoryUsage      = "DatabaseMemoryUsagePercentage"
	evictions        = "Evictions"
	cacheHitRate     = "CacheHitRate"
	cacheHits        = "CacheHits"
	cacheMisses      = "CacheMisses"
	replicationLag   = "ReplicationLag"
	currConnections  = "CurrConnections"
	getTypeLatency   = "GetTypeCmdsLatency"
	setTypeLatency   = "SetTypeCmdsLatency"
	cpuCreditBalance = "CPUCreditBalance"
	authFailures     = "AuthenticationFailures"
	newConnections   = "NewConnections"
	swapUsage        = "SwapUsage"
	currItems        = "CurrItems"
)

const (
	average     = "Average"
	sum         = "Sum"
	maximum     = "Maximum"
	sampleCount = "SampleCount"
)

// highest is the highest value of any of the nodes.
func highest(members []member, name, statistic string, options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	return metricMath("MAX([%s])", members, name, statistic, options)
}

// total is the sum over the nodes.
func total(members []member, name, statistic string, options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	return metricMath("SUM([%s])", members, name, statistic, options)
}

// metricMath is the metric itself for one node, else the expression of the nodes' metrics.
func metricMath(format string, members []member, name, statistic string, options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	if len(members) == 1 {
		return members[0].metric(name, statistic, options)
	}
	metrics := map[string]awscloudwatch.IMetric{}
	ids := addMetrics(metrics, members, name, statistic, options)
	return mathExpression(fmt.Sprintf(format, ids), name, metrics, options)
}

// addMetrics adds the metric of every node and returns their ids. An id is made of the names of metric and node, so that two
// metrics of a cache can be combined in one expression.
func addMetrics(
	into map[string]awscloudwatch.IMetric, members []member, name, statistic string, options *awscloudwatch.MetricOptions,
) string {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = strings.ToLower(name[:1]) + name[1:] + strings.ReplaceAll(m.suffix, "-", "_")
		into[ids[i]] = m.metric(name, statistic, options)
	}
	return strings.Join(ids, ", ")
}

func mathExpression(
	expression, label string, metrics map[string]awscloudwatch.IMetric, options *awscloudwatch.MetricOptions,
) awscloudwatch.IMetric {
	given := ptr.Value(options)
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   &expression,
		UsingMetrics: &metrics,
		Label:        ptr.To(ptr.Or(given.Label, label)),
		Color:        given.Color,
		Period:       given.Period,
	})
}

func (c *redisCache) Metric(name *string, options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	return highest(c.members, requiredMetric(c, name), average, options)
}

func (c *redisCache) MetricCpuUtilization(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	return highest(c.members, cpuUtilization, average, options)
}

func (c *redisCache) MetricEngineCpuUtilization(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	return highest(c.members, engineCPU, average, options)
}

func (c *redisCache) MetricDatabaseMemoryUsagePercentage(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	return highest(c.members, memoryUsage, average, options)
}

func (c *redisCache) MetricEvictions(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	return total(c.members, evictions, sum, options)
}

func (c *redisCache) MetricCacheHitRate(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	if len(c.members) == 1 {
		return c.members[0].metric(cacheHitRate, average, options)
	}
	metrics := map[string]awscloudwatch.IMetric{}
	hits := addMetrics(metrics, c.members, cacheHits, sum, options)
	misses := addMetrics(metrics, c.members, cacheMisses, sum, options)
	return mathExpression(fmt.Sprintf("100 * SUM([%s]) / SUM([%s, %s])", hits, hits, misses), cacheHitRate, metrics, options)
}

func (c *redisCache) MetricReplicationLag(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	return highest(c.members, replicationLag, maximum, options)
}

func (c *redisCache) MetricCurrConnections(options *awscloudwatch.MetricOptions) awscloudwatch.IMetric {
	return total(c.members, currConnections, maximum, options)
}

// requiredMetric is the name, or a ValidationError.
func requiredMetric(c *redisCache, name *string) string {
	var r check.Report
	r.Required("name", ptr.Value(name) != "", "pass a metric of ElastiCache, such as \""+currItems+"\"")
	panicIfRefused(&r, c, "Metric")
	return *name
}

// member is a node of the cache, as it is in the template.
type member struct {
	cache     *redisCache
	clusterID string
	suffix    string // of the cluster id: "-001"
}

// newMembers knows the ids of the nodes: the id of the group with a suffix for each.
func newMembers(c *redisCache, groupID string, suffixes []string) []member {
	members := make([]member, len(suffixes))
	for i, suffix := range suffixes {
		members[i] = member{c, groupID + suffix, suffix}
	}
	return members
}

func (m member) CacheClusterId() *string { return &m.clusterID }

func (m member) dimensions() []*awscloudwatch.CfnAlarm_DimensionProperty {
	return []*awscloudwatch.CfnAlarm_DimensionProperty{{Name: ptr.To("CacheClusterId"), Value: &m.clusterID}}
}

func (m member) metric(name, statistic string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return metric.New("CacheClusterId", m.clusterID, name, statistic, options)
}

func (m member) Metric(name *string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric(requiredMetric(m.cache, name), average, options)
}

func (m member) MetricCpuUtilization(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric(cpuUtilization, average, options)
}

func (m member) MetricEngineCpuUtilization(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric(engineCPU, average, options)
}

func (m member) MetricDatabaseMemoryUsagePercentage(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric(memoryUsage, average, options)
}

func (m member) MetricEvictions(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric(evictions, sum, options)
}

func (m member) MetricCacheHitRate(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric(cacheHitRate, average, options)
}

func (m member) MetricReplicationLag(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric(replicationLag, maximum, options)
}

func (m member) MetricCurrConnections(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric(currConnections, maximum, options)
}
