package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func newOutputs(s *redisCacheStack) {
	output := func(name string, value *string, description string) {
		awscdk.NewCfnOutput(s, &name, &awscdk.CfnOutputProps{Value: value, Description: &description})
	}
	output("PrimaryEndpointAddress", s.cache.PrimaryEndpointAddress(), "Host for reads and writes")
	if reader := s.cache.ReaderEndpointAddress(); reader != nil {
		output("ReaderEndpointAddress", reader, "Host for reads from the replicas")
	}
	if secret := s.cache.ConnectionSecret(); secret != nil {
		output("AuthTokenSecretArn", secret.SecretArn(), "Secret with host, port and auth_token, for REDIS_AUTH_SECRET")
	}
	output("ConnectionString", s.cache.ConnectionString(), "TLS; the token is in the secret")
	output("ReplicationGroupId", s.cache.ReplicationGroup().Ref(), "Id of the replication group")
	output("ClientSecurityGroupId", s.clientSecurityGroup.SecurityGroupId(), "Security group that may reach the cache")
}
