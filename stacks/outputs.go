package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// addOutputs shows what a client of another app needs, and what an operator looks for. No output has a token.
func (s *redisCacheStack) addOutputs() {
	show := s.surroundings.output
	show("PrimaryEndpointAddress", s.cache.PrimaryEndpointAddress(), "Host for reads and writes")
	show("ReaderEndpointAddress", s.cache.ReaderEndpointAddress(), "Host for reads from the replicas")
	show("ConfigurationEndpointAddress", s.cache.ConfigurationEndpointAddress(), "Host for cluster clients")
	if secret := s.cache.ConnectionSecret(); secret != nil {
		show("AuthTokenSecretArn", secret.SecretArn(), "Secret with host, port and auth_token, for REDIS_AUTH_SECRET")
	}
	show("UserName", userName(s.cache, s.cache.UserGroup()), userNameOutput)
	show("ConnectionString", s.cache.ConnectionString(), connectionStringOutput)
	show("ReplicationGroupId", s.cache.ReplicationGroup().Ref(), "Id of the replication group")
	var subnetIds *[]*string // of an existing subnet group only AWS knows them
	if group := s.cache.SubnetGroup(); group != nil {
		subnetIds = group.SubnetIds()
	}
	s.surroundings.outputs(subnetIds)
}

// addOutputs of a serverless cache has its own name in place of the group's.
func (s *serverlessCacheStack) addOutputs() {
	show := s.surroundings.output
	show("EndpointAddress", s.cache.EndpointAddress(), "Host for reads and writes, and on port 6380 for reads from replicas")
	show("UserName", userName(s.cache, s.cache.UserGroup()), userNameOutput)
	show("ConnectionString", s.cache.ConnectionString(), connectionStringOutput)
	show("ServerlessCacheName", s.cache.ServerlessCacheName(), "Name of the cache, for REDIS_CACHE_NAME")
	s.surroundings.outputs(s.cache.Resource().SubnetIds())
}

// Descriptions of outputs that both kinds have.
const (
	userNameOutput         = "User that clients log in as with IAM, for REDIS_USER"
	connectionStringOutput = "TLS, without a token"
)

// userName is the name of the IAM user that the clients share; nil without IAM, which is what the group is for.
func userName(cache constructs.IConstruct, group awselasticache.CfnUserGroup) *string {
	if group == nil {
		return nil
	}
	return cache.Node().FindChild(ptr.To("User")).(rediscache.CacheUser).UserName()
}
