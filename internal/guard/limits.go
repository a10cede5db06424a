package guard

import (
	"strconv"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// addLoweredLimit: a serverless cache with more data than the new maximum loses keys at once ("Scaling ElastiCache", user
// guide). How much data it has is in no template.
func (c *comparison) addLoweredLimit(old, now *template.Resource) {
	if old.Type != replacement.ServerlessCache {
		return
	}
	const property = "CacheUsageLimits.DataStorage.Maximum"
	before, after := mostData(old), mostData(now)
	if !after.Exists() || before.Equal(after) || isHigher(before, after) {
		return
	}
	c.add(Finding{
		LogicalID: old.LogicalID, Type: old.Type, Loss: MayBeEvicted, Property: property, Old: before.String(), New: after.String(),
		Effect: "evicts keys with a TTL, and then refuses writes, if the cache holds more data than that",
		Remedy: "Compare it with the metric BytesUsedForCache first",
	})
}

// mostData is the maximum of the data in GB.
func mostData(cache *template.Resource) template.Value {
	return cache.Property("CacheUsageLimits").Entries()["DataStorage"].Entries()["Maximum"]
}

// isHigher is false where one of the values is not a number, such as a parameter.
func isHigher(before, after template.Value) bool {
	old, _ := before.Literal()
	now, _ := after.Literal()
	was, oldErr := strconv.ParseFloat(old, 64)
	is, nowErr := strconv.ParseFloat(now, 64)
	return oldErr == nil && nowErr == nil && is > was
}
