package rediscache

import (
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
)

// RedisCache_FromRedisCacheAttributes imports a cache of another app. It panics with a [ValidationError] for attributes
// that do not fit together.
func RedisCache_FromRedisCacheAttributes(scope constructs.Construct, id *string, attrs *RedisCacheAttributes) IRedisCache {
	if attrs == nil {
		attrs = &RedisCacheAttributes{}
	}
	nodes := 1.0
	if attrs.ReaderEndpointAddress != nil {
		nodes = 2
	}
	nodes = valueOr(attrs.NumCacheNodes, nodes)
	port := valueOr(attrs.Port, 6379)
	validateAttributes(attrs, nodes, port).panicIfAny(scope, id)

	c := &redisCache{
		endpoint:         endpoint{copied(attrs.PrimaryEndpointAddress), copied(attrs.ReaderEndpointAddress), port},
		members:          members{*attrs.ReplicationGroupId, int(nodes)},
		connectionSecret: attrs.AuthTokenSecret,
		securityGroups:   slices.Clone(*attrs.SecurityGroups),
		alarms:           &alarmResources{},
	}
	constructs.NewConstruct_Override(c, scope, id)
	return c
}

// checkHost wants a host alone: the port has an attribute of its own.
func checkHost(host *string, r report) {
	if h := value(host); !isToken(h) && strings.ContainsAny(h, ":/ ") {
		r.problem(h, "is not a host; leave out scheme and port")
	}
}

func validateAttributes(attrs *RedisCacheAttributes, nodes, port float64) problems {
	var found problems
	of := func(property string) report { return report{property, &found} }
	required := func(property string, given *string) {
		if value(given) == "" {
			of(property).problem(nil, "is required")
		}
	}
	required("ReplicationGroupId", attrs.ReplicationGroupId)
	if id := value(attrs.ReplicationGroupId); id != "" && !isToken(id) && !groupIdPattern.MatchString(id) {
		of("ReplicationGroupId").problem(id, "is not the id of a replication group as ElastiCache stores it: lower-case letters, digits and single hyphens")
	}
	required("PrimaryEndpointAddress", attrs.PrimaryEndpointAddress)
	checkHost(attrs.PrimaryEndpointAddress, of("PrimaryEndpointAddress"))
	checkHost(attrs.ReaderEndpointAddress, of("ReaderEndpointAddress"))
	if reader := attrs.ReaderEndpointAddress; reader != nil && *reader == "" {
		of("ReaderEndpointAddress").problem("", "is empty; leave it out for a group without replicas")
	} else if reader != nil && nodes == 1 {
		of("ReaderEndpointAddress").problem(*reader, "does not go with NumCacheNodes 1: a group without replicas has no reader endpoint")
	}
	if wholeIn(port, 1150, 65535, of("Port")) && port == 8005 {
		of("Port").problem(port, "is kept by ElastiCache for itself")
	}
	if isNumberToken(nodes) {
		of("NumCacheNodes").problem(nil, "is a token, but the metrics of each member are counted at synth; pass it as a literal")
	} else {
		wholeIn(nodes, 1, 6, of("NumCacheNodes"))
	}
	if len(elements(attrs.SecurityGroups)) == 0 {
		of("SecurityGroups").problem(nil, "is required: without the cache's security groups nothing can be allowed to connect")
	}
	checkElements(elements(attrs.SecurityGroups), of("SecurityGroups"))
	return found
}
