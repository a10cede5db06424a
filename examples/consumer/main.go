// Command consumer is a CDK app of somebody else: it imports RedisCache, and connects a function that answers an
// analytics query from PostgreSQL through the cache.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// handlerSource is the Lambda function's module.
const handlerSource = "../lambda-go"

func main() {
	os.Exit(rediscache.RunApp(func(app awscdk.App) { newAnalyticsStack(app, "analytics") }))
}

func newAnalyticsStack(app awscdk.App, id string) awscdk.Stack {
	stack := awscdk.NewStack(app, &id, nil)

	// No NAT: the function reaches the secrets of cache and database through an endpoint.
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs:      jsii.Number(2),
		NatGateways: jsii.Number(0),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		},
	})
	vpc.AddInterfaceEndpoint(jsii.String("SecretsManager"), &awsec2.InterfaceVpcEndpointOptions{
		Service: awsec2.InterfaceVpcEndpointAwsService_SECRETS_MANAGER(),
	})
	isolated := &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}

	alarms := awssns.NewTopic(stack, jsii.String("Alarms"), nil)
	cache := rediscache.NewRedisCache(stack, jsii.String("Cache"), &rediscache.RedisCacheProps{
		Vpc:          vpc,
		NodeType:     rediscache.NodeType_R7G_LARGE(),
		AlarmActions: &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(alarms)},
	})

	database := awsrds.NewDatabaseCluster(stack, jsii.String("Database"), &awsrds.DatabaseClusterProps{
		Engine: awsrds.DatabaseClusterEngine_AuroraPostgres(&awsrds.AuroraPostgresClusterEngineProps{
			Version: awsrds.AuroraPostgresEngineVersion_VER_17_7(),
		}),
		Writer:              awsrds.ClusterInstance_ServerlessV2(jsii.String("Writer"), nil),
		DefaultDatabaseName: jsii.String("analytics"),
		StorageEncrypted:    jsii.Bool(true),
		Vpc:                 vpc,
		VpcSubnets:          isolated,
	})
	// A proxy keeps few connections for many environments of the function, and its certificate is of an authority that
	// the Lambda runtime knows: that of the cluster itself needs a bundle of RDS.
	proxy := database.AddProxy(jsii.String("Proxy"), &awsrds.DatabaseProxyOptions{
		Secrets:    &[]awssecretsmanager.ISecret{database.Secret()},
		Vpc:        vpc,
		VpcSubnets: isolated,
	})
	function := awslambda.NewFunction(stack, jsii.String("Query"), &awslambda.FunctionProps{
		Description:  jsii.String("Analytics of a customer, through the cache"),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_ARM_64(),
		Handler:      jsii.String("bootstrap"),
		Code:         awslambda.Code_FromAsset(jsii.String(buildHandler(handlerSource)), nil),
		MemorySize:   jsii.Number(256),
		Timeout:      awscdk.Duration_Seconds(jsii.Number(10)),
		Vpc:          vpc,
		VpcSubnets:   isolated,
		Environment: &map[string]*string{
			"DB_SECRET": database.Secret().SecretArn(),
			"DB_HOST":   proxy.Endpoint(),
		},
	})
	database.Secret().GrantRead(function, nil)
	proxy.Connections().AllowFrom(function, awsec2.Port_POSTGRES(), jsii.String("Analytics function"))
	cache.ConnectFunction(function, nil)
	return stack
}
