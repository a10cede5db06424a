// Command plain is the least that a Go app of CDK does: a replication group in each of two stacks, without a construct.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	for _, name := range []string{"dev", "prod"} {
		stack := awscdk.NewStack(app, jsii.String(name), nil)
		awselasticache.NewCfnReplicationGroup(stack, jsii.String("Cache"), &awselasticache.CfnReplicationGroupProps{
			ReplicationGroupDescription: jsii.String("What a plain app deploys"),
			ReplicationGroupId:          jsii.String(name),
			Engine:                      jsii.String("valkey"),
			CacheNodeType:               jsii.String("cache.t4g.micro"),
			NumCacheClusters:            jsii.Number(1),
			TransitEncryptionEnabled:    jsii.Bool(true),
		})
	}
	app.Synth(nil)
}
