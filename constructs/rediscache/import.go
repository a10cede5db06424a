package rediscache

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// RedisCacheAttributes describe a RedisCache of another app, for [RedisCache_FromRedisCacheAttributes].
type RedisCacheAttributes struct {
	// ReplicationGroupId, such as "securebase-prod-redis". Required.
	ReplicationGroupId *string `field:"required" json:"replicationGroupId" yaml:"replicationGroupId"`

	// PrimaryEndpointAddress is the host of the primary endpoint. Required.
	PrimaryEndpointAddress *string `field:"required" json:"primaryEndpointAddress" yaml:"primaryEndpointAddress"`

	// ReaderEndpointAddress is the host of the reader endpoint. Only with two or more NumCacheNodes.
	//
	// Default: none.
	ReaderEndpointAddress *string `field:"optional" json:"readerEndpointAddress" yaml:"readerEndpointAddress"`

	// Port of both endpoints.
	//
	// Default: 6379.
	Port *float64 `field:"optional" json:"port" yaml:"port"`

	// NumCacheNodes is the number of nodes, 1 to 6, which is the number of Members().
	//
	// Default: 1, or 2 with a ReaderEndpointAddress.
	NumCacheNodes *float64 `field:"optional" json:"numCacheNodes" yaml:"numCacheNodes"`

	// SecurityGroups of the cache: connecting a client adds an ingress rule to each. Required.
	SecurityGroups *[]awsec2.ISecurityGroup `field:"required" json:"securityGroups" yaml:"securityGroups"`

	// ConnectionSecret is the connection secret, JSON with host, port and auth_token. Import it by its complete ARN, and
	// with its key where it has one.
	//
	// Default: none, for a cache without a token.
	ConnectionSecret awssecretsmanager.ISecret `field:"optional" json:"connectionSecret" yaml:"connectionSecret"`

	// User that clients log in as with IAM. Not with ConnectionSecret.
	//
	// Default: none, for a cache with a token or without a login.
	User CacheUser `field:"optional" json:"user" yaml:"user"`
}

// RedisCache_FromRedisCacheAttributes imports a cache of another app. It panics with a *[ValidationError] for attributes
// that are missing or do not fit together.
func RedisCache_FromRedisCacheAttributes(scope constructs.Construct, id *string, attrs *RedisCacheAttributes) IRedisCache {
	checkScope(scope, id)
	a := newAttributes(attrs)
	var r check.Report
	a.check(&r)
	panicIfInvalid(&r, scope, id)

	c := &redisCache{
		endpoints:        endpoints{a.primary, a.reader, a.port},
		connectionSecret: a.connectionSecret,
		user:             a.user,
		securityGroups:   a.securityGroups,
		cacheName:        *a.groupID,
	}
	c.members = newMembers(c, *a.groupID, nodeSuffixes(int(a.nodes)))
	constructs.NewConstruct_Override(c, scope, id)
	return c
}

// attributes are RedisCacheAttributes with their defaults.
type attributes struct {
	groupID, primary, reader *string
	port, nodes              float64
	securityGroups           []awsec2.ISecurityGroup
	connectionSecret         awssecretsmanager.ISecret
	user                     CacheUser
}

func newAttributes(attrs *RedisCacheAttributes) attributes {
	given := ptr.Value(attrs)
	nodes := 1.0
	if given.ReaderEndpointAddress != nil {
		nodes = 2
	}
	return attributes{
		groupID:          ptr.Copy(given.ReplicationGroupId),
		primary:          ptr.Copy(given.PrimaryEndpointAddress),
		reader:           ptr.Copy(given.ReaderEndpointAddress),
		port:             ptr.Or(given.Port, 6379),
		nodes:            ptr.Or(given.NumCacheNodes, nodes),
		securityGroups:   slices.Clone(ptr.Value(given.SecurityGroups)),
		connectionSecret: given.ConnectionSecret,
		user:             given.User,
	}
}

func (a attributes) check(r *check.Report) {
	if r.Required("ReplicationGroupId", ptr.Value(a.groupID) != "", "pass the id that describe-replication-groups shows") {
		r.Text("ReplicationGroupId", *a.groupID).Matches(groupIDPattern,
			"is not the id of a replication group as ElastiCache stores it: lower-case letters, digits and single hyphens")
	}
	if r.Required("PrimaryEndpointAddress", ptr.Value(a.primary) != "", "pass the host of the primary endpoint") {
		checkHost(r, "PrimaryEndpointAddress", *a.primary)
	}
	if a.reader != nil {
		checkHost(r, "ReaderEndpointAddress", *a.reader)
		if *a.reader != "" && a.nodes == 1 {
			r.Add("ReaderEndpointAddress", *a.reader, "does not go with NumCacheNodes 1: a replication group without replicas has no reader endpoint")
		}
	}
	checkPort(r, a.port)
	checkNumCacheNodes(r, a.nodes)
	r.Required("SecurityGroups", len(a.securityGroups) > 0, "without the security groups of the cache no client can be allowed to connect")
	check.NoNil(r, "SecurityGroups", a.securityGroups)
	r.Exclusive("User", nil, a.user != nil, "ConnectionSecret", a.connectionSecret != nil)
}

// checkHost wants a host alone: the port has an attribute of its own.
func checkHost(r *check.Report, property, host string) {
	r.Text(property, host).
		NotEmpty("leave it out for a replication group without replicas").
		When(strings.ContainsAny(host, ":/ "), "is not a host; leave out scheme and port")
}
