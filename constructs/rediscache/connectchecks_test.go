package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

func TestConnectionThatCannotWorkIsRefused(t *testing.T) {
	f := newFixture()
	cache := f.cache(nil)
	open := f.cacheNamed("Open", func(p *props) { p.Authentication = rediscache.Authentication_None() })
	role := newRole(f.stack, "Role")
	connected := newFunction(f.stack, "Connected", f.vpc)
	cache.ConnectFunction(connected, nil)
	configured := newFunction(f.stack, "Configured", f.vpc)
	configured.AddEnvironment(jsii.String("REDIS_PORT"), jsii.String("6380"), nil)
	fresh, outside := newFunction(f.stack, "Fresh", f.vpc), newFunction(f.stack, "Outside", nil)
	badPrefix := "must contain only upper-case letters, digits and underscores and start with a letter"
	noGrantee := "grantee: is required; pass a role, user, group or function of this account"
	tests := []struct {
		name string
		call func()
		path string
		want string
	}{
		{"no function", func() { cache.ConnectFunction(nil, nil) }, "Test/Cache", "fn: is required; pass a Lambda function in a VPC"},
		{"a function outside a VPC", func() { cache.ConnectFunction(outside, nil) }, "Test/Cache",
			`fn: "Test/Outside" is not in a VPC, so it cannot reach the cache; give it the cache's Vpc, with a route to Secrets Manager`},
		{"a second cache in the variables of the first", func() { open.ConnectFunction(connected, nil) }, "Test/Open",
			`fn: "Test/Connected" is connected to Test/Cache in the variables REDIS_*; give this connection an EnvironmentPrefix of its own`},
		{"a variable that the function has", func() { cache.ConnectFunction(configured, nil) }, "Test/Cache",
			`fn: "Test/Configured" has an environment variable REDIS_PORT already; remove it, or use an EnvironmentPrefix`},
		{"a prefix in lower case", func() { cache.ConnectFunction(fresh, prefix("sessions")) }, "Test/Cache",
			`options.EnvironmentPrefix: "sessions" ` + badPrefix},
		{"a prefix that starts with a small letter", func() { cache.ConnectFunction(fresh, prefix("sESSIONS")) }, "Test/Cache",
			`options.EnvironmentPrefix: "sESSIONS" ` + badPrefix},
		{"a prefix that starts with a digit", func() { cache.ConnectFunction(fresh, prefix("2ND")) }, "Test/Cache",
			`options.EnvironmentPrefix: "2ND" ` + badPrefix},
		{"a prefix with a hyphen", func() { cache.ConnectFunction(fresh, prefix("MY-CACHE")) }, "Test/Cache",
			`options.EnvironmentPrefix: "MY-CACHE" ` + badPrefix},
		{"an empty prefix", func() { cache.ConnectFunction(fresh, prefix("")) }, "Test/Cache", `options.EnvironmentPrefix: "" ` + badPrefix},
		{"a prefix with the underscore that the variables add", func() { cache.ConnectFunction(fresh, prefix("SESSIONS_")) }, "Test/Cache",
			`options.EnvironmentPrefix: "SESSIONS_" ends with an underscore, which the variables add; use "SESSIONS"`},
		{"a grant without a login", func() { open.GrantConnect(role) }, "Test/Open",
			"GrantConnect: has nothing to grant: the cache has no login, or its token is not stored and you grant access to it yourself"},
		{"a grant to nobody", func() { cache.GrantConnect(nil) }, "Test/Cache", noGrantee},
		{"a grant to what has no policy", func() {
			cache.GrantConnect(awsiam.NewServicePrincipal(jsii.String("ec2.amazonaws.com"), nil))
		}, "Test/Cache", "grantee: has no policy of its own to add the statement to; pass a role, user, group or function of this account"},
		{"no client", func() { cache.ConnectClient(nil, role) }, "Test/Cache", "client: is required; pass what connects, such as an ECS service"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := len(*f.stack.Node().FindAll(""))
			assert.EqualError(t, validationError(t, test.call), invalid(test.path, test.want))
			assert.Len(t, *f.stack.Node().FindAll(""), before, "nothing is made before the rules have passed")
		})
	}
}

// The variables of both prefixes are judged, and nothing that works is refused after a mistake.
func TestFunctionCanBeConnectedAfterAMistake(t *testing.T) {
	f := newFixture()
	cache, fn := f.cache(nil), newFunction(f.stack, "Fn", f.vpc)
	fn.AddEnvironment(jsii.String("REDIS_HOST"), jsii.String("elsewhere"), nil)
	validationError(t, func() { cache.ConnectFunction(fn, nil) })
	cache.ConnectFunction(fn, prefix("CACHE"))
	got := variables(t, synthesize(t, f.stack))
	assert.Equal(t, "elsewhere", got["REDIS_HOST"])
	assert.Contains(t, got, "CACHE_HOST")
}

func TestClientOfAnotherAccountOrRegionIsRefusedWithBothEnvironments(t *testing.T) {
	const account, other = "111122223333", "444455556666"
	app := newApp()
	stack := newStackIn(app, "Cache", account, "eu-central-1")
	f := fixture{stack, newVpc(stack)}
	cache := f.cache(nil)
	in := func(id, account, region string) fixture {
		stack := newStackIn(app, id, account, region)
		return fixture{stack, newVpc(stack)}
	}
	region, foreign := in("Region", account, "us-east-1"), in("Account", other, "eu-central-1")
	agnosticStack := newStack(app, "Agnostic")
	agnostic := fixture{agnosticStack, newVpc(agnosticStack)}
	function := func(f fixture) awslambda.Function { return newFunction(f.stack, "Fn", f.vpc) }
	inRegion, inAccount := function(region), function(foreign)
	foreignRole := awsiam.Role_FromRoleArn(stack, jsii.String("Foreign"), jsii.String("arn:aws:iam::"+other+":role/theirs"), nil)
	refused := func(property, path, environment string) string {
		return property + `: "` + path + `" is in aws://` + environment +
			" and the cache in aws://111122223333/eu-central-1; use a cache of its own account and region"
	}
	tests := []struct {
		name string
		call func()
		want []string // none: accepted
	}{
		{"a function of another region", func() { cache.ConnectFunction(inRegion, nil) },
			[]string{refused("fn", "Region/Fn", "111122223333/us-east-1")}},
		{"a function of another account", func() { cache.ConnectFunction(inAccount, nil) },
			[]string{refused("fn", "Account/Fn", "444455556666/eu-central-1")}},
		{"a client and its role of another region", func() { cache.ConnectClient(inRegion, inRegion.Role()) },
			[]string{refused("client", "Region/Fn", "111122223333/us-east-1")}},
		{"a role of another account", func() { cache.GrantConnect(inAccount.Role()) },
			[]string{refused("grantee", "Account/Fn/ServiceRole", "444455556666/eu-central-1")}},
		{"a client and its role of another account", func() { cache.ConnectClient(inAccount, inAccount.Role()) }, []string{
			refused("client", "Account/Fn", "444455556666/eu-central-1"),
			refused("grantee", "Account/Fn/ServiceRole", "444455556666/eu-central-1"),
		}},
		{"a role of another account that is imported here", func() { cache.GrantConnect(foreignRole) },
			[]string{refused("grantee", "Cache/Foreign", "444455556666/eu-central-1")}},
		{"a role of another region of the account, because roles have no region",
			func() { cache.GrantConnect(newRole(region.stack, "Role")) }, nil},
		{"a function of a stack that leaves both to the CLI", func() { cache.ConnectFunction(function(agnostic), nil) }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.want == nil {
				test.call()
				return
			}
			assert.EqualError(t, validationError(t, test.call), invalid("Cache/Cache", test.want...))
		})
	}
}

func TestClientInAnotherVpcIsAWarning(t *testing.T) {
	connected := func(vpcOf func(f fixture) awsec2.IVpc) []string {
		f := newFixture()
		topics := actions{topicAction(f.stack, "arn:aws:sns:us-east-1:111122223333:alarms")}
		cache := f.cache(func(p *props) { p.AlarmActions = &topics })
		cache.ConnectFunction(newFunction(f.stack, "Fn", vpcOf(f)), nil)
		return warningsOf(cache)
	}
	assert.Empty(t, connected(func(f fixture) awsec2.IVpc { return f.vpc }))
	warnings := connected(func(f fixture) awsec2.IVpc {
		return awsec2.NewVpc(f.stack, jsii.String("Other"), &awsec2.VpcProps{
			SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
				{Name: jsii.String("Isolated"), SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
			},
		})
	})
	require.Len(t, warnings, 1)
	assert.Equal(t, "Test/Fn is in another VPC than the cache: it needs a peering connection or a transit gateway, and routes both ways "+
		"[ack: "+rediscache.WarningPrefix+"otherVpc]", warnings[0])
	assert.Empty(t, connected(func(f fixture) awsec2.IVpc { return sameVpcImported(f) }), "two references to one VPC are one VPC")
}

// sameVpcImported is the VPC of the fixture, as another stack would import it.
func sameVpcImported(f fixture) awsec2.IVpc {
	return awsec2.Vpc_FromVpcAttributes(f.stack, jsii.String("Imported"), &awsec2.VpcAttributes{
		VpcId:             f.vpc.VpcId(),
		AvailabilityZones: awscdk.Fn_GetAzs(nil),
		IsolatedSubnetIds: jsii.Strings("subnet-1"),
	})
}
