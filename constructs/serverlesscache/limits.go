package serverlesscache

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/warning"
)

// CacheUsageLimitsOptions limit what a serverless cache may use, and so what it may cost.
type CacheUsageLimitsOptions struct {
	// DataStorage limits the data in GB: whole numbers from 1 to 5000. At the maximum, ElastiCache evicts keys that have a
	// TTL, the least recently used first; without such keys, writes fail. A minimum is billed also while it is not used.
	//
	// Default: no limits.
	DataStorage *UsageLimitOptions `field:"optional" json:"dataStorage" yaml:"dataStorage"`

	// EcpuPerSecond limits the requests in ElastiCache Processing Units (ECPU) a second: whole numbers from 1000 to
	// 15000000. A simple read or write of up to 1 KB takes one ECPU. At the maximum, ElastiCache throttles requests. A
	// minimum has the cache scaled up before a peak, and is billed also while it is not used.
	//
	// Default: no limits.
	EcpuPerSecond *UsageLimitOptions `field:"optional" json:"ecpuPerSecond" yaml:"ecpuPerSecond"`
}

// UsageLimitOptions are a minimum and a maximum. Both have to be literals; changing them updates the cache in place. To take a
// limit of a deployed cache away, set it to 0 and leave it so: CloudFormation fails where it is left out.
type UsageLimitOptions struct {
	// Minimum that is always there, not above Maximum. 0 is no minimum.
	//
	// Default: none.
	Minimum *float64 `field:"optional" json:"minimum" yaml:"minimum"`

	// Maximum that is never exceeded. An alarm fires before it is reached; see [AlarmOptions]. 0 is no maximum, and has no
	// alarm.
	//
	// Default: none.
	Maximum *float64 `field:"optional" json:"maximum" yaml:"maximum"`
}

// limits is CacheUsageLimits.
type limits struct{ storage, ecpu limit }

// limit is one of the two, in whole numbers from least to most; 0 takes it away from a cache that has one: CloudFormation fails
// to remove DataStorage (cloudformation-coverage-roadmap #2424, which 0 solved), and ElastiCache's own message on a wrong value of
// EcpuPerSecond names zero as the way to remove it (terraform-provider-aws #35648).
type limit struct {
	property         string
	least, most      float64
	minimum, maximum *float64
}

// The ranges are those of ElastiCache ("Scaling ElastiCache", user guide; CacheUsageLimits of CDK's own alpha module).
func newLimits(props *ServerlessCacheProps) limits {
	given := ptr.Value(props.CacheUsageLimits)
	of := func(name string, options *UsageLimitOptions, least, most float64) limit {
		o := ptr.Value(options)
		return limit{"CacheUsageLimits." + name, least, most, ptr.Copy(o.Minimum), ptr.Copy(o.Maximum)}
	}
	return limits{
		storage: of("DataStorage", given.DataStorage, 1, 5000),
		ecpu:    of("EcpuPerSecond", given.EcpuPerSecond, 1000, 15_000_000),
	}
}

func (l limits) check(r *check.Report) {
	l.storage.check(r)
	l.ecpu.check(r)
}

func (l limit) check(r *check.Report) {
	valid := true
	for _, bound := range []struct {
		name  string
		value *float64
	}{{"Minimum", l.minimum}, {"Maximum", l.maximum}} {
		if ptr.Value(bound.value) != 0 {
			valid = r.Number(l.property+"."+bound.name, *bound.value).
				Literal("alarms are computed from the limits").
				Whole(l.least, l.most).Known() && valid
		}
	}
	if valid && l.minimum != nil && l.bounded() && *l.minimum > *l.maximum {
		r.Add(l.property+".Minimum", *l.minimum, "is above Maximum %s; use a lower one", check.Quote(*l.maximum))
	}
}

func (l limits) warn(w warning.Target) {
	w.WarnIf(!l.storage.bounded() || !l.ecpu.bounded(), "noUsageLimits",
		"CacheUsageLimits: without a Maximum of DataStorage and EcpuPerSecond nothing bounds what the cache costs; set both")
}

func (l limits) apply(p *awselasticache.CfnServerlessCacheProps) {
	given := &awselasticache.CfnServerlessCache_CacheUsageLimitsProperty{}
	if l.storage.given() {
		given.DataStorage = &awselasticache.CfnServerlessCache_DataStorageProperty{
			Unit: ptr.To("GB"), Minimum: l.storage.minimum, Maximum: l.storage.maximum,
		}
	}
	if l.ecpu.given() {
		given.EcpuPerSecond = &awselasticache.CfnServerlessCache_ECPUPerSecondProperty{Minimum: l.ecpu.minimum, Maximum: l.ecpu.maximum}
	}
	if l.storage.given() || l.ecpu.given() {
		p.CacheUsageLimits = given
	}
}

// bounded reports whether there is a maximum.
func (l limit) bounded() bool { return ptr.Value(l.maximum) != 0 }

func (l limit) given() bool { return l.minimum != nil || l.maximum != nil }
