package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/metric"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Metrics, by the names that ElastiCache publishes them under ("Metrics and events for Valkey and Redis OSS serverless
// caches", user guide).
const (
	bytesUsedForCache          = "BytesUsedForCache"
	elastiCacheProcessingUnits = "ElastiCacheProcessingUnits"
	throttledCmds              = "ThrottledCmds"
	evictions                  = "Evictions"
	cacheHitRate               = "CacheHitRate"
	cacheHits                  = "CacheHits"
	cacheMisses                = "CacheMisses"
	currConnections            = "CurrConnections"
	readLatency                = "SuccessfulReadRequestLatency"
	writeLatency               = "SuccessfulWriteRequestLatency"
	authFailures               = "AuthenticationFailures"
)

const (
	average = "Average"
	sum     = "Sum"
	maximum = "Maximum"
)

// dimension of every metric of a serverless cache: its name, and not CacheClusterId as for nodes.
const dimension = "clusterId"

func (c *serverlessCache) metric(name, statistic string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return metric.New(dimension, c.name, name, statistic, options)
}

func (c *serverlessCache) Metric(name *string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	var r check.Report
	r.Required("name", ptr.Value(name) != "", "pass a metric of ElastiCache, such as \"CurrItems\"")
	panicIfRefused(&r, c, "Metric")
	return c.metric(*name, average, options)
}

func (c *serverlessCache) MetricBytesUsedForCache(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.metric(bytesUsedForCache, maximum, options)
}

func (c *serverlessCache) MetricElastiCacheProcessingUnits(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.metric(elastiCacheProcessingUnits, sum, options)
}

func (c *serverlessCache) MetricThrottledCmds(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.metric(throttledCmds, sum, options)
}

func (c *serverlessCache) MetricEvictions(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.metric(evictions, sum, options)
}

func (c *serverlessCache) MetricCacheHitRate(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.metric(cacheHitRate, average, options)
}

func (c *serverlessCache) MetricCurrConnections(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.metric(currConnections, maximum, options)
}

func (c *serverlessCache) MetricSuccessfulReadRequestLatency(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.metric(readLatency, average, options)
}

func (c *serverlessCache) MetricSuccessfulWriteRequestLatency(options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return c.metric(writeLatency, average, options)
}
