// Command cdk-redis-cache is the CDK app: a RedisCacheStack for each environment. The CDK CLI runs it, see cdk.json.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

func main() { os.Exit(rediscache.RunApp(addStacks)) }

func addStacks(app awscdk.App) { stacks.NewRedisCacheStacks(app) }
