package emulator_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/emulator"
	"github.com/securebase/cdk-redis-cache/stacks"
)

// settings are those of an environment in cdk.json.
type settings = map[string]any

// environment synthesizes the stack of an environment with what cdk.json would say of it.
func environment(t *testing.T, name string, given settings, more ...func(emulator.Template)) *emulator.Assembly {
	t.Helper()
	app := newApp(t, settings{"environments": settings{name: given}})
	stacks.NewRedisCacheStacks(app)
	return synth(t, app, more...)
}

// cacheStack synthesizes a stack of an app that uses the construct: a VPC and the cache of the props.
func cacheStack(t *testing.T, name string, props rediscache.RedisCacheProps, more ...func(emulator.Template)) *emulator.Assembly {
	t.Helper()
	app := newApp(t, nil)
	stack := awscdk.NewStack(app, &name, nil)
	props.Vpc = awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs:                       jsii.Number(2),
		NatGateways:                  jsii.Number(0),
		RestrictDefaultSecurityGroup: jsii.Bool(false),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		},
	})
	props.AlarmActions = &[]awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(awssns.NewTopic(stack, jsii.String("Alarms"), nil))}
	rediscache.NewRedisCache(stack, jsii.String("Cache"), &props)
	return synth(t, app, more...)
}

// newApp has the context of cdk.json, as the CDK CLI gives it to an app.
func newApp(t *testing.T, more settings) awscdk.App {
	t.Helper()
	text, err := os.ReadFile("../cdk.json")
	require.NoError(t, err)
	var cdk struct{ Context settings }
	require.NoError(t, json.Unmarshal(text, &cdk))
	maps.Copy(cdk.Context, more)
	return awscdk.NewApp(&awscdk.AppProps{Context: &cdk.Context, Outdir: jsii.String(filepath.Join(t.TempDir(), "cdk.out"))})
}

func synth(t *testing.T, app awscdk.App, more ...func(emulator.Template)) *emulator.Assembly {
	t.Helper()
	assembly, err := emulator.Adapt(*app.Synth(nil).Directory(), filepath.Join(t.TempDir(), "adapted"), more...)
	require.NoError(t, err)
	return assembly
}
