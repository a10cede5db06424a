package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// newOutputs shows what a client of another app needs, and what an operator looks for. No output has a token.
func newOutputs(s *redisCacheStack, key awskms.IKey) {
	output := func(name string, value *string, description string) {
		if value != nil {
			awscdk.NewCfnOutput(s, &name, &awscdk.CfnOutputProps{Value: value, Description: &description})
		}
	}
	output("PrimaryEndpointAddress", s.cache.PrimaryEndpointAddress(), "Host for reads and writes")
	output("ReaderEndpointAddress", s.cache.ReaderEndpointAddress(), "Host for reads from the replicas")
	output("ConfigurationEndpointAddress", s.cache.ConfigurationEndpointAddress(), "Host for cluster clients")
	if secret := s.cache.ConnectionSecret(); secret != nil {
		output("AuthTokenSecretArn", secret.SecretArn(), "Secret with host, port and auth_token, for REDIS_AUTH_SECRET")
	}
	output("UserName", s.userName(), "User that clients log in as with IAM, for REDIS_USER")
	output("ConnectionString", s.cache.ConnectionString(), "TLS, without a token")
	output("ReplicationGroupId", s.cache.ReplicationGroup().Ref(), "Id of the replication group")
	output("ClientSecurityGroupId", s.clientSecurityGroup.SecurityGroupId(), "Security group that may reach the cache")
	output("VpcId", s.vpc.VpcId(), "VPC of the cache")
	output("SubnetIds", s.subnetIds(), "Subnets of the cache")
	output("AlarmTopicArn", s.alarmTopic.TopicArn(), "Topic for alarms")
	output("EventTopicArn", s.eventTopic.TopicArn(), "Topic for ElastiCache's events")
	if key != nil {
		output("EncryptionKeyArn", key.KeyArn(), "Key of data, snapshots, secrets and logs")
	}
}

// userName is that of the user which clients share; nil without IAM.
func (s *redisCacheStack) userName() *string {
	if user, is := s.cache.Node().TryFindChild(ptr.To("User")).(rediscache.CacheUser); is {
		return user.UserName()
	}
	return nil
}

// subnetIds are those of the subnet group; nil where that exists already.
func (s *redisCacheStack) subnetIds() *string {
	if s.cache.SubnetGroup() == nil {
		return nil
	}
	return ptr.To(strings.Join(ptr.Strings(s.cache.SubnetGroup().SubnetIds()), ","))
}
