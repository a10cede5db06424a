// Command adopt is a CDK app that takes over a replication group which something else created. adopted.go and mapping.json are
// what `rediscache adopt` printed of it; replace them by those of your own.
//
// The first deployment is `cdk import` with -c import=true: the replication group alone, as it is today. The second one is
// `cdk deploy`: its parameter group, logs, connection secret, alarms and dashboard.
package main

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func main() {
	os.Exit(rediscache.RunApp(func(app awscdk.App) {
		newCacheStack(app, "orders-cache", app.Node().TryGetContext(jsii.String("import")) != nil)
	}))
}

func newCacheStack(app awscdk.App, id string, importing bool) awscdk.Stack {
	stack := awscdk.NewStack(app, &id, &awscdk.StackProps{TerminationProtection: jsii.Bool(true)})
	props := AdoptedProps(stack)
	props.Dashboard = jsii.Bool(!importing)
	if importing {
		props.Alarms = &rediscache.AlarmOptions{Enabled: jsii.Bool(false)}
	}
	cache := rediscache.NewRedisCache(stack, jsii.String("Cache"), props)
	if importing {
		ForImport(cache.ReplicationGroup())
	}
	return stack
}
