package rediscache

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
)

const namespace = "AWS/ElastiCache"

// Names of the metrics, as ElastiCache publishes them.
const (
	cpuUtilization   = "CPUUtilization"
	engineCpu        = "EngineCPUUtilization"
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
	average = "Average"
	sum     = "Sum"
	maximum = "Maximum"
)

// members are the nodes of a group, which alone have metrics: ElastiCache publishes none under the group's id.
type members struct {
	replicationGroupId string // a token where CloudFormation names the group
	count              int
}

// membersOf knows the id of a group with a name, as ElastiCache writes it.
func membersOf(group awselasticache.CfnReplicationGroup, s *settings) members {
	id := s.physicalName(groupIdSuffix)
	if id == nil || isToken(*id) {
		id = group.Ref()
	}
	return members{replicationGroupId: *id, count: int(s.nodes)}
}

// clusterId is the CacheClusterId of a member, counted from 1: "securebase-prod-redis-001".
func (m members) clusterId(node int) string {
	return fmt.Sprintf("%s-%03d", m.replicationGroupId, node)
}

// metric of one member. What options say wins, but for the dimension.
func (m members) metric(name, statistic string, node int, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	if options == nil {
		options = &awscloudwatch.MetricOptions{}
	}
	dimensions := map[string]*string{"CacheClusterId": ptr(m.clusterId(node))}
	for name, value := range value(options.DimensionsMap) {
		dimensions[name] = value
	}
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     ptr(namespace),
		MetricName:    &name,
		DimensionsMap: &dimensions,
		Statistic:     ptr(valueOr(options.Statistic, statistic)),
		Account:       options.Account,
		Color:         options.Color,
		Id:            options.Id,
		Label:         options.Label,
		Period:        options.Period,
		Region:        options.Region,
		StackAccount:  options.StackAccount,
		StackRegion:   options.StackRegion,
		Unit:          options.Unit,
		Visible:       options.Visible,
	})
}

// nodeMetric checks the node that a caller gave.
func (c *redisCache) nodeMetric(name, statistic string, node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	var found problems
	number := valueOr(node, 1)
	switch {
	case isNumberToken(number):
		found.add("node", nil, "is a token; pass it as a literal, because the member's id is written at synth")
	case number != float64(int(number)) || number < 1 || int(number) > c.members.count:
		found.add("node", number, "is not a member; nodes count from 1 to NumCacheNodes, here %d", c.members.count)
	}
	found.panicIfAny(c, nil)
	return c.members.metric(name, statistic, int(number), options)
}

func (c *redisCache) Metric(name *string, node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	if value(name) == "" {
		var found problems
		found.add("name", nil, "is required: a metric of ElastiCache, such as %q", currItems)
		found.panicIfAny(c, nil)
	}
	return c.nodeMetric(*name, average, node, options)
}

func (c *redisCache) MetricCpuUtilization(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.nodeMetric(cpuUtilization, average, node, options)
}

func (c *redisCache) MetricEngineCpuUtilization(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.nodeMetric(engineCpu, average, node, options)
}

func (c *redisCache) MetricDatabaseMemoryUsagePercentage(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.nodeMetric(memoryUsage, average, node, options)
}

func (c *redisCache) MetricEvictions(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.nodeMetric(evictions, sum, node, options)
}

func (c *redisCache) MetricCacheHitRate(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.nodeMetric(cacheHitRate, average, node, options)
}

func (c *redisCache) MetricReplicationLag(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.nodeMetric(replicationLag, maximum, node, options)
}

func (c *redisCache) MetricCurrConnections(node *float64, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.nodeMetric(currConnections, maximum, node, options)
}
