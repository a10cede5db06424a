package serverlesscache_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
)

type (
	props  = serverlesscache.ServerlessCacheProps
	object = map[string]any
	list   = []any
)

// fixture is a stack of its own app with a VPC of two isolated and two public subnets.
type fixture struct {
	app   awscdk.App
	stack awscdk.Stack
	vpc   awsec2.Vpc
}

func newFixture() fixture {
	app := awscdk.NewApp(&awscdk.AppProps{
		AnalyticsReporting: jsii.Bool(false),
		TreeMetadata:       jsii.Bool(false),
		Context: &map[string]any{
			"@aws-cdk/aws-iam:minimizePolicies":             true,
			"@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": false,
			"@aws-cdk/core:validateAgainstDefaultRules":     true,
		},
	})
	stack := awscdk.NewStack(app, jsii.String("Test"), nil)
	return fixture{app, stack, newVpc(stack, "Vpc")}
}

func newVpc(stack awscdk.Stack, id string) awsec2.Vpc {
	return awsec2.NewVpc(stack, &id, &awsec2.VpcProps{
		MaxAzs:      jsii.Number(2),
		NatGateways: jsii.Number(0),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			{Name: jsii.String("Public"), SubnetType: awsec2.SubnetType_PUBLIC},
			{Name: jsii.String("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		},
	})
}

// cache makes a ServerlessCache named Cache; change may be nil.
func (f fixture) cache(change func(p *props)) serverlesscache.ServerlessCache {
	p := &props{Vpc: f.vpc}
	if change != nil {
		change(p)
	}
	return serverlesscache.NewServerlessCache(f.stack, jsii.String("Cache"), p)
}

// named has a Name and both limits.
func named(p *props) {
	p.Name, p.CacheUsageLimits = jsii.String("securebase-prod"), limits()
}

func limits() *serverlesscache.CacheUsageLimitsOptions {
	return &serverlesscache.CacheUsageLimitsOptions{
		DataStorage:   &serverlesscache.UsageLimitOptions{Minimum: jsii.Number(1), Maximum: jsii.Number(10)},
		EcpuPerSecond: &serverlesscache.UsageLimitOptions{Maximum: jsii.Number(5000)},
	}
}

func selectionOf(subnets []awsec2.ISubnet) *awsec2.SubnetSelection {
	return &awsec2.SubnetSelection{Subnets: &subnets}
}

// function in the VPC, in the given stack.
func function(stack awscdk.Stack, id string, vpc awsec2.IVpc) awslambda.Function {
	return awslambda.NewFunction(stack, &id, &awslambda.FunctionProps{
		Runtime:    awslambda.Runtime_PYTHON_3_13(),
		Handler:    jsii.String("index.handler"),
		Code:       awslambda.Code_FromInline(jsii.String("def handler(event, context): pass")),
		Vpc:        vpc,
		VpcSubnets: &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
	})
}

// tester is a test, or a check of a random one.
type tester interface {
	require.TestingT
	Helper()
}

// template is a synthesized template.
type template struct{ Resources map[string]resource }

type resource struct {
	Type                string
	Properties          map[string]any
	DeletionPolicy      string
	UpdateReplacePolicy string
	DependsOn           []string
}

func synthesize(t tester, stack awscdk.Stack) template {
	t.Helper()
	text, err := json.Marshal(*assertions.Template_FromStack(stack, nil).ToJSON())
	require.NoError(t, err)
	var parsed template
	require.NoError(t, json.Unmarshal(text, &parsed))
	return parsed
}

func jsonOf(t tester, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// all resources of a type.
func (tpl template) all(resourceType string) (found []resource) {
	for _, r := range tpl.Resources {
		if r.Type == resourceType {
			found = append(found, r)
		}
	}
	return found
}

// the one resource of a type.
func (tpl template) the(t tester, resourceType string) resource {
	t.Helper()
	found := tpl.all(resourceType)
	require.Len(t, found, 1, "resources of type %s", resourceType)
	return found[0]
}

// idOf the one resource whose logical id begins with the prefix and a hash, as CDK makes them.
func (tpl template) idOf(t tester, prefix string) string {
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

// arn of a resource of ElastiCache in a template.
func arn(resource string) object {
	return object{"Fn::Join": list{"", list{
		"arn:", object{"Ref": "AWS::Partition"}, ":elasticache:", object{"Ref": "AWS::Region"}, ":", object{"Ref": "AWS::AccountId"},
		":" + resource,
	}}}
}
