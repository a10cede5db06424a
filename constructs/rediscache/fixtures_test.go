package rediscache_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// fixture is a stack of its own app with a VPC of two isolated and two private subnets.
type fixture struct {
	stack awscdk.Stack
	vpc   awsec2.Vpc
}

func newFixture() fixture {
	stack := awscdk.NewStack(newApp(), jsii.String("Test"), nil)
	return fixture{stack, newVpc(stack)}
}

// newApp has the feature flags that matter to what the tests look at, as a new CDK app has them.
func newApp() awscdk.App {
	return awscdk.NewApp(&awscdk.AppProps{
		AnalyticsReporting: jsii.Bool(false),
		Context: &map[string]any{
			"@aws-cdk/core:checkSecretUsage": true,
			"@aws-cdk/aws-cloudwatch-actions:changeLambdaPermissionLogicalIdForLambdaAction": true,
			"@aws-cdk/core:enablePartitionLiterals":                                          true,
			"@aws-cdk/aws-iam:minimizePolicies":                                              true,
			"@aws-cdk/aws-ec2:restrictDefaultSecurityGroup":                                  false,
			"@aws-cdk/aws-lambda:useCdkManagedLogGroup":                                      true,
			"@aws-cdk/core:validateSnapshotRemovalPolicy":                                    true,
			"@aws-cdk/core:validateAgainstDefaultRules":                                      true,
			"@aws-cdk/aws-kms:reduceCrossAccountRegionPolicyScope":                           true,
		},
	})
}

func newVpc(stack awscdk.Stack) awsec2.Vpc {
	return awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{
		MaxAzs:      jsii.Number(2),
		NatGateways: jsii.Number(0),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Public"), SubnetType: awsec2.SubnetType_PUBLIC},
			{Name: jsii.String("Private"), SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS},
			{Name: jsii.String("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		},
	})
}

// cache makes a RedisCache named Cache; change may be nil.
func (f fixture) cache(change func(props *rediscache.RedisCacheProps)) rediscache.RedisCache {
	props := &rediscache.RedisCacheProps{Vpc: f.vpc}
	if change != nil {
		change(props)
	}
	return rediscache.NewRedisCache(f.stack, jsii.String("Cache"), props)
}

// template is a synthesized template.
type template struct {
	Resources map[string]resource
	Outputs   map[string]any
}

type resource struct {
	Type                string
	Properties          map[string]any
	DeletionPolicy      string
	UpdateReplacePolicy string
	DependsOn           []string
	Metadata            map[string]any
}

func synthesize(t testing.TB, stack awscdk.Stack) template {
	t.Helper()
	text, err := json.Marshal(*assertions.Template_FromStack(stack, nil).ToJSON())
	require.NoError(t, err)
	var parsed template
	require.NoError(t, json.Unmarshal(text, &parsed))
	return parsed
}

// all resources of a type, by logical id.
func (tpl template) all(resourceType string) map[string]resource {
	found := map[string]resource{}
	for id, r := range tpl.Resources {
		if r.Type == resourceType {
			found[id] = r
		}
	}
	return found
}

// the one resource of a type.
func (tpl template) the(t testing.TB, resourceType string) resource {
	t.Helper()
	found := tpl.all(resourceType)
	require.Len(t, found, 1, "resources of type %s", resourceType)
	for _, r := range found {
		return r
	}
	panic("unreachable")
}

// idOf the one resource whose logical id begins with the prefix and a hash, as CDK makes them.
func (tpl template) idOf(t testing.TB, prefix string) string {
	t.Helper()
	for id := range tpl.Resources {
		if rest, ok := strings.CutPrefix(id, prefix); ok && len(rest) == 8 {
			return id
		}
	}
	require.Fail(t, "no resource", "with a logical id that begins with %s", prefix)
	return ""
}

// validationError runs f and returns the ValidationError that it panics with.
func validationError(t testing.TB, f func()) (found *rediscache.ValidationError) {
	t.Helper()
	defer func() {
		failure := recover()
		err, _ := failure.(error)
		require.True(t, errors.As(err, &found), "want a ValidationError, got %s", fmt.Sprint(failure))
	}()
	f()
	return nil
}
