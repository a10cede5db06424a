package guard

import (
	"strconv"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// addRefused finds what the update of a serverless cache fails at. Nothing is lost then; CloudFormation rolls the stack back,
// with an error that does not tell the cause.
func (c *comparison) addRefused(old, now *template.Resource) {
	if old.Type != replacement.ServerlessCache {
		return
	}
	c.addRemovedLimits(old, now)
	c.addLoweredLimit(old, now)
	before, _ := old.Property("Engine").Literal()
	after, _ := now.Property("Engine").Literal()
	if before == catalog.Valkey && after == catalog.Redis {
		// "This API supports only cross-engine upgrades to Valkey engine currently" (terraform-provider-aws #39711)
		c.addRefusal(old, "Engine", old.Property("Engine"), now.Property("Engine"),
			"fails: ElastiCache has been seen to change the engine of a serverless cache to Valkey only",
			"Keep Valkey; or create a second cache beside this one, and move the clients")
	}
}

func (c *comparison) addRefusal(old *template.Resource, property string, before, after template.Value, effect, remedy string) {
	c.add(Finding{
		LogicalID: old.LogicalID, Type: old.Type, Loss: MayBeRefused, Property: property, Old: before.String(), New: after.String(),
		Effect: effect, Remedy: remedy,
	})
}

// addRemovedLimits: CloudFormation fails to remove a limit (cloudformation-coverage-roadmap #2424), with an InternalFailure.
func (c *comparison) addRemovedLimits(old, now *template.Resource) {
	for _, name := range []string{"DataStorage", "ECPUPerSecond"} {
		for _, bound := range []string{"Minimum", "Maximum"} {
			before, after := limitOf(old, name, bound), limitOf(now, name, bound)
			if before.Exists() && !after.Exists() {
				c.addRefusal(old, "CacheUsageLimits."+name+"."+bound, before, after,
					"fails: CloudFormation cannot remove a limit", "Write 0, which takes the limit away")
			}
		}
	}
}

// addLoweredLimit: ElastiCache refuses a maximum of the data, also the first one, while the cache holds more ("Metrics and events
// for Valkey and Redis OSS serverless caches", user guide). How much it holds is in no template.
func (c *comparison) addLoweredLimit(old, now *template.Resource) {
	before, after := limitOf(old, "DataStorage", "Maximum"), limitOf(now, "DataStorage", "Maximum")
	if isUnlimited(after) || before.Equal(after) || !isUnlimited(before) && isHigher(before, after) {
		return
	}
	c.addRefusal(old, "CacheUsageLimits.DataStorage.Maximum", before, after, "fails while the cache holds more data than that",
		"Compare it with the metric BytesUsedForCache first, and delete keys until they fit")
}

// limitOf is a limit of a serverless cache.
func limitOf(cache *template.Resource, name, bound string) template.Value {
	return cache.Property("CacheUsageLimits").Entries()[name].Entries()[bound]
}

func isUnlimited(maximum template.Value) bool { return isDefault(maximum, template.Text("0")) }

// isHigher is false where one of the values is not a number, such as a parameter.
func isHigher(before, after template.Value) bool {
	old, _ := before.Literal()
	now, _ := after.Literal()
	was, oldErr := strconv.ParseFloat(old, 64)
	is, nowErr := strconv.ParseFloat(now, 64)
	return oldErr == nil && nowErr == nil && is > was
}
