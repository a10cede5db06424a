package serverlesscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/proptest"
)

// Random valid props always make a cache that keeps its promises, and random props with one mistake always make a
// ValidationError that names it.

func TestRandomValidPropsKeepThePromises(t *testing.T) {
	proptest.Check(t, 20, func(t *rapid.T) {
		d := drawProps(t)
		d.make()
		d.check(t)
	})
}

// drawn are props, and what is to be seen of them in the template.
type drawn struct {
	*props
	fixture
	login  string // the kind of Authentication
	alarms []string
}

func (d *drawn) make() serverlesscache.ServerlessCache {
	return serverlesscache.NewServerlessCache(d.stack, jsii.String("Cache"), d.props)
}

// text is a literal or a parameter's value.
func (d *drawn) text(t *rapid.T, id string, literal *rapid.Generator[string]) *string {
	if proptest.DrawsToken(t, id) {
		return d.textParameter(id)
	}
	return jsii.String(literal.Draw(t, id))
}

func (d *drawn) textParameter(id string) *string {
	return awscdk.NewCfnParameter(d.stack, jsii.String("Parameter"+id), nil).ValueAsString()
}

// number is a literal or a parameter's value.
func (d *drawn) number(t *rapid.T, id string, least, most int) *float64 {
	if proptest.DrawsToken(t, id) {
		return d.numberParameter(id)
	}
	return jsii.Number(rapid.IntRange(least, most).Draw(t, id))
}

func (d *drawn) numberParameter(id string) *float64 {
	return awscdk.NewCfnParameter(d.stack, jsii.String("Parameter"+id), &awscdk.CfnParameterProps{Type: jsii.String("Number")}).ValueAsNumber()
}
