package rediscache_test

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// The main function of an app with a stack and a cache in it. RunApp prints mistakes, and returns the exit status.
func ExampleRunApp() {
	os.Exit(rediscache.RunApp(func(app awscdk.App) {
		stack := awscdk.NewStack(app, jsii.String("Analytics"), nil)
		vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), nil)
		rediscache.NewRedisCache(stack, jsii.String("Cache"), &rediscache.RedisCacheProps{Vpc: vpc})
	}))
}

// Only a VPC is required.
func Example_minimal() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Analytics"), nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), nil)

	cache := rediscache.NewRedisCache(stack, jsii.String("Cache"), &rediscache.RedisCacheProps{Vpc: vpc})

	fmt.Println("nodes:", len(*cache.Members()))
	fmt.Println("alarms:", len(*cache.Alarms()))
	// Output:
	// nodes: 2
	// alarms: 18
}

// A function gets network access, the login, and the environment variables that it finds the cache with.
func Example_connectFunction() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Analytics"), nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), nil)
	queries := rediscache.NewRedisCache(stack, jsii.String("Queries"), &rediscache.RedisCacheProps{Vpc: vpc})
	sessions := rediscache.NewRedisCache(stack, jsii.String("Sessions"), &rediscache.RedisCacheProps{Vpc: vpc})
	function := awslambda.NewFunction(stack, jsii.String("Function"), &awslambda.FunctionProps{
		Vpc:     vpc,
		Runtime: awslambda.Runtime_PYTHON_3_12(),
		Handler: jsii.String("index.handler"),
		Code:    awslambda.Code_FromInline(jsii.String("def handler(event, context): ...")),
	})

	queries.ConnectFunction(function, nil) // REDIS_HOST, REDIS_PORT, REDIS_READER_HOST, REDIS_AUTH_SECRET
	sessions.ConnectFunction(function, &rediscache.ConnectFunctionOptions{
		EnvironmentPrefix: jsii.String("SESSIONS"), // SESSIONS_HOST and so on
	})
}

// A cache of another app is connected like one of this app.
func Example_import() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Reports"), nil)

	cache := rediscache.RedisCache_FromRedisCacheAttributes(stack, jsii.String("Cache"), &rediscache.RedisCacheAttributes{
		ReplicationGroupId:     jsii.String("securebase-prod-redis"),
		PrimaryEndpointAddress: jsii.String("master.securebase-prod-redis.abc123.euc1.cache.amazonaws.com"),
		SecurityGroups: &[]awsec2.ISecurityGroup{
			awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String("CacheGroup"), jsii.String("sg-0123456789abcdef0"), nil),
		},
		ConnectionSecret: awssecretsmanager.Secret_FromSecretCompleteArn(stack, jsii.String("Connection"),
			jsii.String("arn:aws:secretsmanager:eu-central-1:123456789012:secret:securebase-prod/redis/connection-AbCdEf")),
	})

	fmt.Println(*cache.ConnectionString())
	// Output: rediss://master.securebase-prod-redis.abc123.euc1.cache.amazonaws.com:6379
}

// Valkey costs less than Redis on the same node type. With IAM there is no secret, and nothing to rotate.
func Example_valkey() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Analytics"), nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), nil)

	cache := rediscache.NewRedisCache(stack, jsii.String("Cache"), &rediscache.RedisCacheProps{
		Name:           jsii.String("analytics"),
		Vpc:            vpc,
		Engine:         rediscache.EngineVersion_VALKEY_8_2(),
		NodeType:       rediscache.NodeType_R7G_LARGE(),
		Authentication: rediscache.Authentication_Iam(nil),
	})

	for _, node := range *cache.Members() {
		fmt.Println(*node.CacheClusterId())
	}
	// Output:
	// analytics-redis-001
	// analytics-redis-002
}
