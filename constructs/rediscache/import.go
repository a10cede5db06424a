package rediscache

import (
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/names"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// RedisCacheAttributes describe a RedisCache of another app, for [RedisCache_FromRedisCacheAttributes].
type RedisCacheAttributes struct {
	// ReplicationGroupId, such as "securebase-prod-redis". Required.
	ReplicationGroupId *string `field:"required" json:"replicationGroupId" yaml:"replicationGroupId"`

	// PrimaryEndpointAddress is the host of the primary endpoint. Required with cluster mode disabled.
	PrimaryEndpointAddress *string `field:"optional" json:"primaryEndpointAddress" yaml:"primaryEndpointAddress"`

	// ReaderEndpointAddress is the host of the reader endpoint. Only with two or more NumCacheNodes.
	//
	// Default: none.
	ReaderEndpointAddress *string `field:"optional" json:"readerEndpointAddress" yaml:"readerEndpointAddress"`

	// ConfigurationEndpointAddress is the host of the configuration endpoint of a replication group in cluster mode. Not
	// with the other two.
	//
	// Default: none, which means that cluster mode is disabled.
	ConfigurationEndpointAddress *string `field:"optional" json:"configurationEndpointAddress" yaml:"configurationEndpointAddress"`

	// Port of every endpoint.
	//
	// Default: 6379.
	Port *float64 `field:"optional" json:"port" yaml:"port"`

	// NumCacheNodes is the number of nodes, 1 to 6, which is the number of Members().
	//
	// Default: 1, or 2 with a ReaderEndpointAddress.
	NumCacheNodes *float64 `field:"optional" json:"numCacheNodes" yaml:"numCacheNodes"`

	// NumNodeGroups is the number of node groups in cluster mode.
	//
	// Default: 2 with a ConfigurationEndpointAddress.
	NumNodeGroups *float64 `field:"optional" json:"numNodeGroups" yaml:"numNodeGroups"`

	// ReplicasPerNodeGroup is the number of replicas of every node group in cluster mode, 1 to 5.
	//
	// Default: 1 with a ConfigurationEndpointAddress.
	ReplicasPerNodeGroup *float64 `field:"optional" json:"replicasPerNodeGroup" yaml:"replicasPerNodeGroup"`

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
		endpoints:        a.endpoints,
		connectionSecret: a.connectionSecret,
		user:             a.user,
		securityGroups:   a.securityGroups,
		cacheName:        *a.groupID,
	}
	c.members = newMembers(c, *a.groupID, a.suffixes())
	constructs.NewConstruct_Override(c, scope, id)
	return c
}

// attributes are RedisCacheAttributes with their defaults.
type attributes struct {
	groupID          *string
	endpoints        endpoints
	nodes            float64
	nodesGiven       bool
	clusterMode      clusterMode
	securityGroups   []awsec2.ISecurityGroup
	connectionSecret awssecretsmanager.ISecret
	user             CacheUser
}

func newAttributes(attrs *RedisCacheAttributes) attributes {
	given := ptr.Value(attrs)
	nodes := 1.0
	if given.ReaderEndpointAddress != nil {
		nodes = 2
	}
	a := attributes{
		groupID: ptr.Copy(given.ReplicationGroupId),
		endpoints: endpoints{
			primary:       ptr.Copy(given.PrimaryEndpointAddress),
			reader:        ptr.Copy(given.ReaderEndpointAddress),
			configuration: ptr.Copy(given.ConfigurationEndpointAddress),
			port:          ptr.Or(given.Port, 6379),
		},
		nodes:            ptr.Or(given.NumCacheNodes, nodes),
		nodesGiven:       given.NumCacheNodes != nil,
		securityGroups:   slices.Clone(ptr.Value(given.SecurityGroups)),
		connectionSecret: given.ConnectionSecret,
		user:             given.User,
	}
	if given.ConfigurationEndpointAddress != nil || given.NumNodeGroups != nil || given.ReplicasPerNodeGroup != nil {
		a.clusterMode = newClusterMode(&ClusterModeOptions{given.NumNodeGroups, given.ReplicasPerNodeGroup})
	}
	return a
}

func (a attributes) suffixes() []string {
	if a.clusterMode.on {
		return a.clusterMode.suffixes()
	}
	return nodeSuffixes(int(a.nodes))
}

func (a attributes) check(r *check.Report) {
	if r.Required("ReplicationGroupId", ptr.Value(a.groupID) != "", "pass the id that describe-replication-groups shows") {
		r.Text("ReplicationGroupId", *a.groupID).Matches(names.Pattern,
			"is not the id of a replication group as ElastiCache stores it: lower-case letters, digits and single hyphens")
	}
	if a.clusterMode.on {
		a.checkClusterMode(r)
	} else {
		a.checkEndpoints(r)
	}
	checkPort(r, a.endpoints.port)
	r.Required("SecurityGroups", len(a.securityGroups) > 0, "without the security groups of the cache no client can be allowed to connect")
	check.NoNil(r, "SecurityGroups", a.securityGroups)
	r.Exclusive("User", nil, a.user != nil, "ConnectionSecret", a.connectionSecret != nil)
}

func (a attributes) checkEndpoints(r *check.Report) {
	primary, reader := a.endpoints.primary, a.endpoints.reader
	if r.Required("PrimaryEndpointAddress", ptr.Value(primary) != "",
		"pass the host of the primary endpoint, or ConfigurationEndpointAddress in cluster mode") {
		checkHost(r, "PrimaryEndpointAddress", *primary)
	}
	if reader != nil {
		checkHost(r, "ReaderEndpointAddress", *reader)
		if *reader != "" && a.nodes == 1 {
			r.Add("ReaderEndpointAddress", *reader, "does not go with NumCacheNodes 1: a replication group without replicas has no reader endpoint")
		}
	}
	checkNumCacheNodes(r, a.nodes)
}

func (a attributes) checkClusterMode(r *check.Report) {
	configuration := ptr.Value(a.endpoints.configuration)
	if r.Required("ConfigurationEndpointAddress", configuration != "", "pass the host of the configuration endpoint") {
		checkHost(r, "ConfigurationEndpointAddress", configuration)
	}
	r.Exclusive("PrimaryEndpointAddress", ptr.Value(a.endpoints.primary), a.endpoints.primary != nil, "cluster mode", true)
	r.Exclusive("ReaderEndpointAddress", ptr.Value(a.endpoints.reader), a.endpoints.reader != nil, "cluster mode", true)
	r.Exclusive("NumCacheNodes", a.nodes, a.nodesGiven, "NumNodeGroups", true)
	a.clusterMode.check(r, "")
}

// checkHost wants a host alone: the port has an attribute of its own.
func checkHost(r *check.Report, property, host string) {
	r.Text(property, host).
		NotEmpty("leave it out for a replication group without replicas").
		When(strings.ContainsAny(host, ":/ "), "is not a host; leave out scheme and port")
}
