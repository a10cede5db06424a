package rediscache_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func Example() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Analytics"), nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), nil)

	cache := rediscache.NewRedisCache(stack, jsii.String("Cache"), &rediscache.RedisCacheProps{
		Name:     jsii.String("analytics"),
		Vpc:      vpc,
		Engine:   rediscache.EngineVersion_VALKEY_8_0(),
		NodeType: jsii.String("cache.r7g.large"),
	})
	cache.Connections().AllowDefaultPortFrom(awsec2.NewSecurityGroup(stack, jsii.String("Clients"),
		&awsec2.SecurityGroupProps{Vpc: vpc}), jsii.String("Analytics functions"))

	resources := (*assertions.Template_FromStack(stack, nil).ToJSON())["Resources"].(map[string]any)
	id := *stack.GetLogicalId(cache.ReplicationGroup())
	group := resources[id].(map[string]any)["Properties"].(map[string]any)
	fmt.Println(group["ReplicationGroupId"], "is", group["Engine"], group["EngineVersion"], "on", group["NumCacheClusters"], group["CacheNodeType"])
	fmt.Println("failover:", group["AutomaticFailoverEnabled"], "over zones:", group["MultiAZEnabled"])
	fmt.Println("TLS:", group["TransitEncryptionMode"], "encrypted at rest:", group["AtRestEncryptionEnabled"])
	fmt.Println("snapshots for", group["SnapshotRetentionLimit"], "days, and a last one:", resources[id].(map[string]any)["DeletionPolicy"])
	fmt.Println("alarms:", len(*cache.Alarms()))
	// Output:
	// analytics-redis is valkey 8.0 on 2 cache.r7g.large
	// failover: true over zones: true
	// TLS: required encrypted at rest: true
	// snapshots for 7 days, and a last one: Snapshot
	// alarms: 16
}
