package rediscache_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

type props = rediscache.RedisCacheProps

// fixture is a stack with a VPC of two public, two private and two isolated subnets.
type fixture struct {
	stack awscdk.Stack
	vpc   awsec2.IVpc
}

// newFixture is a stack of its own app, in an existing VPC, which adds nothing to the template and makes it sooner.
func newFixture() fixture {
	stack := newStack(newApp(), "Test")
	return fixture{stack, importedVpc(stack)}
}

// withOwnVpc is a stack of its own app that creates the VPC, for what depends on whose it is.
func withOwnVpc() fixture {
	stack := newStack(newApp(), "Test")
	return fixture{stack, newVpc(stack)}
}

// newApp has the feature flags that matter to what the tests look at, as a new CDK app has them.
func newApp() awscdk.App {
	return awscdk.NewApp(&awscdk.AppProps{
		AnalyticsReporting: jsii.Bool(false),
		TreeMetadata:       jsii.Bool(false),
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

func newStack(app awscdk.App, id string) awscdk.Stack { return awscdk.NewStack(app, &id, nil) }

// newStackIn is a stack of a known account and region.
func newStackIn(app awscdk.App, id, account, region string) awscdk.Stack {
	return awscdk.NewStack(app, &id, &awscdk.StackProps{Env: &awscdk.Environment{Account: &account, Region: &region}})
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

// importedVpc has the subnets of newVpc.
func importedVpc(stack awscdk.Stack) awsec2.IVpc {
	return awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:             jsii.String("vpc-01234567"),
		AvailabilityZones: jsii.Strings("us-east-1a", "us-east-1b"),
		PublicSubnetIds:   jsii.Strings("subnet-01234561", "subnet-01234562"),
		PrivateSubnetIds:  jsii.Strings("subnet-01234563", "subnet-01234564"),
		IsolatedSubnetIds: jsii.Strings("subnet-01234565", "subnet-01234566"),
	})
}

// cache creates a RedisCache named Cache; change may be nil.
func (f fixture) cache(change func(p *props)) rediscache.RedisCache {
	return f.cacheNamed("Cache", change)
}

// cacheNamed creates a RedisCache with an id of its own; change may be nil.
func (f fixture) cacheNamed(id string, change func(p *props)) rediscache.RedisCache {
	p := &props{Vpc: f.vpc}
	if change != nil {
		change(p)
	}
	return rediscache.NewRedisCache(f.stack, &id, p)
}

// templateOf is the template of a cache with the changed props.
func templateOf(t testing.TB, change func(p *props)) template {
	t.Helper()
	return newFixture().templateOf(t, change)
}

// templateOf is the template of a cache with the changed props in this stack.
func (f fixture) templateOf(t testing.TB, change func(p *props)) template {
	t.Helper()
	f.cache(change)
	return synthesize(t, f.stack)
}

// newFunction is a function in the isolated subnets of the VPC; outside one where vpc is nil.
func newFunction(scope constructs.Construct, id string, vpc awsec2.IVpc, groups ...awsec2.ISecurityGroup) awslambda.Function {
	p := &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PYTHON_3_12(),
		Handler: jsii.String("index.handler"),
		Code:    awslambda.Code_FromInline(jsii.String("def handler(event, context): pass")),
	}
	if vpc != nil {
		p.Vpc, p.VpcSubnets = vpc, &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	}
	if len(groups) > 0 {
		p.SecurityGroups = &groups
	}
	return awslambda.NewFunction(scope, &id, p)
}

func newRole(scope constructs.Construct, id string) awsiam.Role {
	return awsiam.NewRole(scope, &id, &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	})
}

func newSecurityGroup(scope constructs.Construct, id string, vpc awsec2.IVpc) awsec2.SecurityGroup {
	return awsec2.NewSecurityGroup(scope, &id, &awsec2.SecurityGroupProps{Vpc: vpc})
}

func importedSecurityGroup(scope constructs.Construct, id, groupID string) awsec2.ISecurityGroup {
	return awsec2.SecurityGroup_FromSecurityGroupId(scope, &id, &groupID, nil)
}

// validationError is the ValidationError that f panics with.
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

// invalid is the text of a ValidationError with these lines.
func invalid(path string, lines ...string) string {
	noun := "properties"
	if len(lines) == 1 {
		noun = "property"
	}
	return fmt.Sprintf("RedisCache [%s]: %d invalid %s:\n  - %s", path, len(lines), noun, strings.Join(lines, "\n  - "))
}
