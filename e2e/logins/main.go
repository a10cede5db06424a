// Command logins synthesizes a cache with IAM authentication, whose functions log in as users that may do more or less.
// The drill of the logins deploys its template on real engines.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/jsiiclose"
)

func main() {
	defer jsiiclose.Close()
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: logins <folder of the cloud assembly>")
		os.Exit(2)
	}
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: &os.Args[1], AnalyticsReporting: jsii.Bool(false)})
	newLoginsStack(app, "logins")
	app.Synth(nil)
}

func newLoginsStack(app awscdk.App, id string) {
	stack := awscdk.NewStack(app, &id, nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs:      jsii.Number(2),
		NatGateways: jsii.Number(0),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		},
	})
	cache := rediscache.NewRedisCache(stack, jsii.String("Cache"), &rediscache.RedisCacheProps{
		Name:           jsii.String("drill"),
		Vpc:            vpc,
		NodeType:       jsii.String("cache.r7g.large"),
		Authentication: rediscache.Authentication_Iam(nil),
	})
	connect := func(name string, user rediscache.CacheUser) {
		function := awslambda.NewFunction(stack, jsii.String(name), &awslambda.FunctionProps{
			FunctionName: &name,
			Runtime:      awslambda.Runtime_PYTHON_3_13(),
			Handler:      jsii.String("index.handler"),
			// The drill runs the example functions with this one's environment.
			Code:       awslambda.Code_FromInline(jsii.String("def handler(event, context): pass")),
			Vpc:        vpc,
			VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		})
		cache.ConnectFunction(function, &rediscache.ConnectFunctionOptions{User: user})
	}
	connect("shared", nil)
	for _, user := range []struct {
		name, access string
		password     bool
	}{
		{"least", "on ~analytics:* +get +set", false},
		{"reader", "on ~analytics:* +@read -@dangerous", false},
		{"customer", "on ~analytics:v2:customer-01:* +@all -@dangerous", false},
		{"batch", "on ~analytics:* +get +set", true},
	} {
		connect(user.name, cache.AddUser(&user.name, &rediscache.UserOptions{
			AccessString: &user.access, Password: &user.password,
		}))
	}
}
