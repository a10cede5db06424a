package serverlesscache

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/names"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// ServerlessCacheAttributes describe a ServerlessCache of another app, for [ServerlessCache_FromServerlessCacheAttributes].
type ServerlessCacheAttributes struct {
	// ServerlessCacheName, such as "securebase-prod-serverless". Required.
	ServerlessCacheName *string `field:"required" json:"serverlessCacheName" yaml:"serverlessCacheName"`

	// EndpointAddress is the host of the cache. Required.
	EndpointAddress *string `field:"required" json:"endpointAddress" yaml:"endpointAddress"`

	// SecurityGroups of the cache: connecting a client adds an ingress rule to each. Required.
	SecurityGroups *[]awsec2.ISecurityGroup `field:"required" json:"securityGroups" yaml:"securityGroups"`

	// User that clients log in as.
	//
	// Default: none, for a cache without a login.
	User rediscache.CacheUser `field:"optional" json:"user" yaml:"user"`
}

// ServerlessCache_FromServerlessCacheAttributes imports a cache of another app. It panics with a
// *[rediscache.ValidationError] for attributes that are missing or do not fit together.
func ServerlessCache_FromServerlessCacheAttributes(
	scope constructs.Construct, id *string, attrs *ServerlessCacheAttributes,
) IServerlessCache {
	checkScope(scope, id)
	given := ptr.Value(attrs)
	var r check.Report
	given.check(&r)
	panicIfInvalid(&r, scope, id)

	c := &serverlessCache{
		name:           *given.ServerlessCacheName,
		address:        ptr.Copy(given.EndpointAddress),
		user:           given.User,
		securityGroups: slices.Clone(*given.SecurityGroups),
	}
	constructs.NewConstruct_Override(c, scope, id)
	return c
}

func (a ServerlessCacheAttributes) check(r *check.Report) {
	if r.Required("ServerlessCacheName", ptr.Value(a.ServerlessCacheName) != "", "pass the name that describe-serverless-caches shows") {
		r.Text("ServerlessCacheName", *a.ServerlessCacheName).Matches(names.Pattern,
			"is not the name of a cache as ElastiCache stores it: lower-case letters, digits and single hyphens")
	}
	if r.Required("EndpointAddress", ptr.Value(a.EndpointAddress) != "", "pass the host of the endpoint") {
		r.Text("EndpointAddress", *a.EndpointAddress).
			When(strings.ContainsAny(*a.EndpointAddress, ":/ "), "is not a host; leave out scheme and port")
	}
	groups := ptr.Value(a.SecurityGroups)
	r.Required("SecurityGroups", len(groups) > 0, "without the security groups of the cache no client can be allowed to connect")
	check.NoNil(r, "SecurityGroups", groups)
}
