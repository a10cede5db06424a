// Command caches is an app with as many prod-shaped RedisCaches as its argument says.
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// cachesPerStack keeps a stack below CloudFormation's 500 resources.
const cachesPerStack = 20

func main() {
	defer jsii.Close()
	caches, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	app := awscdk.NewApp(&awscdk.AppProps{AnalyticsReporting: jsii.Bool(false)})
	for first := 0; first < caches; first += cachesPerStack {
		addStack(app, first, min(first+cachesPerStack, caches))
	}
	app.Synth(nil)
}

// addStack makes the caches from first up to end, with what they share.
func addStack(app awscdk.App, first, end int) {
	stack := awscdk.NewStack(app, jsii.String(fmt.Sprintf("Caches%d", first)), nil)
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs:                       jsii.Number(2),
		RestrictDefaultSecurityGroup: jsii.Bool(false),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		},
	})
	key := awskms.NewKey(stack, jsii.String("Key"), nil)
	topic := awssns.NewTopic(stack, jsii.String("Topic"), nil)
	actions := []awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(topic)}
	for i := first; i < end; i++ {
		rediscache.NewRedisCache(stack, jsii.String(fmt.Sprintf("Cache%d", i)), &rediscache.RedisCacheProps{
			Name:              jsii.String(fmt.Sprintf("cache%d", i)),
			Vpc:               vpc,
			NodeType:          jsii.String("cache.r6g.large"),
			NumCacheNodes:     jsii.Number(2),
			EncryptionKey:     key,
			NotificationTopic: topic,
			AlarmActions:      &actions,
		})
	}
}
