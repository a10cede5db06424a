package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// Clients of other stacks, as CDK's own constructs create them.
func TestClientOfAnotherStackIsConnectedWithoutACycle(t *testing.T) {
	isolated := &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	for _, test := range []struct {
		name string
		// client creates the client and returns what logs in for it, and the start of the logical id of its security group.
		client func(stack awscdk.Stack, vpc awsec2.IVpc) (client awsec2.IConnectable, grantee awsiam.IGrantable, group string)
	}{
		{"a Fargate service and its task role", func(stack awscdk.Stack, vpc awsec2.IVpc) (awsec2.IConnectable, awsiam.IGrantable, string) {
			task := awsecs.NewFargateTaskDefinition(stack, jsii.String("Task"), nil)
			task.AddContainer(jsii.String("App"), &awsecs.ContainerDefinitionOptions{
				Image: awsecs.ContainerImage_FromRegistry(jsii.String("public.ecr.aws/docker/library/busybox"), nil),
			})
			cluster := awsecs.NewCluster(stack, jsii.String("Cluster"), &awsecs.ClusterProps{Vpc: vpc})
			service := awsecs.NewFargateService(stack, jsii.String("Service"), &awsecs.FargateServiceProps{
				Cluster: cluster, TaskDefinition: task, VpcSubnets: isolated,
			})
			return service, task.TaskRole(), "ServiceSecurityGroup"
		}},
		{"an EC2 instance and its role", func(stack awscdk.Stack, vpc awsec2.IVpc) (awsec2.IConnectable, awsiam.IGrantable, string) {
			instance := awsec2.NewInstance(stack, jsii.String("Instance"), &awsec2.InstanceProps{
				Vpc: vpc, VpcSubnets: isolated, MachineImage: awsec2.MachineImage_LatestAmazonLinux2023(nil),
				InstanceType: awsec2.NewInstanceType(jsii.String("t4g.micro")),
			})
			return instance, instance, "InstanceInstanceSecurityGroup"
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			app := newApp()
			network := newStack(app, "Network")
			vpc := newVpc(network)
			cacheStack := newStack(app, "Cache")
			key := awskms.NewKey(cacheStack, jsii.String("Key"), nil)
			cache := rediscache.NewRedisCache(cacheStack, jsii.String("Cache"), &props{Vpc: vpc, EncryptionKey: key})
			clients := newStack(app, "Clients")
			client, grantee, group := test.client(clients, vpc)
			cache.ConnectClient(client, grantee)
			app.Synth(nil) // panics on a cyclic dependency

			assert.ElementsMatch(t, []string{"Network", "Cache"}, dependencies(clients))
			assert.Equal(t, []string{"Network"}, dependencies(cacheStack))
			assert.Empty(t, synthesize(t, cacheStack).allOf(ingress))
			tpl := synthesize(t, clients)
			rule := tpl.one(t, ingress).Properties
			assert.Equal(t, tpl.getAtt(t, group, "GroupId"), rule["SourceSecurityGroupId"])
			assert.Equal(t, 6379.0, rule["FromPort"])
			assert.Contains(t, jsonOf(rule["GroupId"]), "CacheSecurityGroup")
			granted := jsonOf(statements(t, tpl))
			for _, part := range []string{"secretsmanager:GetSecretValue", "CacheConnection", "kms:Decrypt"} {
				assert.Contains(t, granted, part)
			}
		})
	}
}

func TestClientIsConnectedOnceHoweverOften(t *testing.T) {
	f := newFixture()
	cache, fn := f.cache(nil), newFunction(f.stack, "Fn", f.vpc)
	cache.ConnectClient(fn, fn)
	cache.ConnectClient(fn, fn)
	tpl := synthesize(t, f.stack)
	assert.Len(t, tpl.allOf(ingress), 1)
	assert.Len(t, statements(t, tpl), 1)
	assert.Empty(t, variables(t, tpl), "the variables are the client's own")
}

func TestClientWithoutAGranteeGetsTheNetworkOnly(t *testing.T) {
	f := newFixture()
	f.cache(nil).ConnectClient(newSecurityGroup(f.stack, "Client", f.vpc), nil)
	tpl := synthesize(t, f.stack)
	assert.Len(t, tpl.allOf(ingress), 1)
	assert.Empty(t, tpl.allOf(policy))
}

func TestClientOfACacheWithoutALoginIsConnected(t *testing.T) {
	f := newFixture()
	cache := f.cache(func(p *props) { p.Authentication = rediscache.Authentication_None() })
	cache.ConnectClient(newSecurityGroup(f.stack, "Client", f.vpc), newRole(f.stack, "Role"))
	tpl := synthesize(t, f.stack)
	assert.Len(t, tpl.allOf(ingress), 1)
	assert.Empty(t, tpl.allOf(policy))
}
