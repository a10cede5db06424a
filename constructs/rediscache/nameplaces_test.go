package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// ElastiCache, CloudWatch and Secrets Manager have a name once in an account and region.
func TestANameIsTakenInTheAccountAndRegionOfTheApp(t *testing.T) {
	const account, region = "111122223333", "eu-central-1"
	name := func(p *props) { p.Name = jsii.String("securebase-prod") }
	in := func(account, region string) func(app awscdk.App) awscdk.Stack {
		return func(app awscdk.App) awscdk.Stack { return newStackIn(app, "Other", account, region) }
	}
	agnostic := func(id string) func(app awscdk.App) awscdk.Stack {
		return func(app awscdk.App) awscdk.Stack { return newStack(app, id) }
	}
	first := func(app awscdk.App) awscdk.Stack { return newStackIn(app, "First", account, region) }
	nested := func(app awscdk.App) awscdk.Stack {
		parent := app.Node().TryFindChild(jsii.String("First")).(awscdk.Stack)
		return awscdk.NewNestedStack(parent, jsii.String("Nested"), nil)
	}
	tests := []struct {
		name          string
		first, second func(app awscdk.App) awscdk.Stack
		taken         bool
	}{
		{"another stack of the same account and region", first, in(account, region), true},
		{"a stack of another region", first, in(account, "us-east-1"), false},
		{"a stack of another account", first, in("444455556666", region), false},
		{"a stack that leaves both to the CLI", first, agnostic("Other"), false},
		{"two stacks that leave both to the CLI", agnostic("First"), agnostic("Other"), false},
		{"a nested stack", first, nested, true},
		{"a nested stack of a stack that leaves both to the CLI", agnostic("First"), nested, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app := newApp()
			stack := test.first(app)
			fixture{stack, newVpc(stack)}.cacheNamed("A", name)
			stack = test.second(app)
			second := func() { fixture{stack, newVpc(stack)}.cacheNamed("B", name) }
			if !test.taken {
				second()
				return
			}
			assert.EqualError(t, validationError(t, second), invalid(*stack.Node().Path()+"/B",
				`Name: "securebase-prod" is the name of First/A already, and a name is unique in an account and region; give each cache its own`))
		})
	}
	t.Run("a user of a cache in another stack", func(t *testing.T) {
		app := newApp()
		cacheIn := func(id string) rediscache.RedisCache {
			stack := newStackIn(app, id, account, region)
			return fixture{stack, newVpc(stack)}.cache(func(p *props) { p.Authentication = rediscache.Authentication_Iam(nil) })
		}
		reports := &rediscache.UserOptions{UserName: jsii.String("reports")}
		cacheIn("First").AddUser(jsii.String("Reports"), reports)
		other := cacheIn("Other")
		assert.EqualError(t, validationError(t, func() { other.AddUser(jsii.String("Reports"), reports) }), invalid("Other/Cache",
			`options.UserName: "reports" is the name of First/Cache/Reports already; give each user its own`))
	})
}
