// Command caches is an app with as many caches as its flag says, each with two nodes and its alarms.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func main() {
	caches := flag.Int("caches", 1, "number of caches")
	flag.Parse()
	os.Exit(rediscache.RunApp(func(app awscdk.App) { addCaches(app, *caches) }))
}

// addCaches makes a stack for every 20 caches, which keeps it below CloudFormation's 500 resources.
func addCaches(app awscdk.App, caches int) {
	var stack awscdk.Stack
	var vpc awsec2.IVpc
	for i := range caches {
		if i%20 == 0 {
			stack = awscdk.NewStack(app, jsii.String(fmt.Sprintf("Caches%d", i)), nil)
			vpc = awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
				RestrictDefaultSecurityGroup: jsii.Bool(false),
				SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
					{Name: jsii.String("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
				},
			})
		}
		rediscache.NewRedisCache(stack, jsii.String(fmt.Sprintf("Cache%d", i)), &rediscache.RedisCacheProps{
			Vpc: vpc, NodeType: jsii.String("cache.r6g.large"), NumCacheNodes: jsii.Number(2),
		})
	}
}
