// Package metric makes metrics of ElastiCache.
package metric

import (
	"fmt"
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// Namespace of every metric of ElastiCache.
const Namespace = "AWS/ElastiCache"

// HitRate is the expression of the hit rate in percent. Fewer than 100 reads in a period say nothing, so they count as a good
// rate; CacheHitRate itself is noise when nobody reads.
func HitRate(hits, misses string) string {
	return fmt.Sprintf("IF(%[1]s + %[2]s >= 100, 100 * %[1]s / (%[1]s + %[2]s), 100)", hits, misses)
}

// New is a metric with one dimension. The options win over the statistic, and add to the dimension.
func New(dimension, value, name, statistic string, options *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	given := ptr.Value(options)
	dimensions := map[string]*string{dimension: &value}
	maps.Copy(dimensions, ptr.Value(given.DimensionsMap))
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     ptr.To(Namespace),
		MetricName:    &name,
		DimensionsMap: &dimensions,
		Statistic:     ptr.To(ptr.Or(given.Statistic, statistic)),
		Account:       given.Account,
		Color:         given.Color,
		Id:            given.Id,
		Label:         given.Label,
		Period:        given.Period,
		Region:        given.Region,
		StackAccount:  given.StackAccount,
		StackRegion:   given.StackRegion,
		Unit:          given.Unit,
		Visible:       given.Visible,
	})
}
