package rediscache

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
)

// ownStack is a stack that a Go app derives from CDK's.
type ownStack struct{ awscdk.Stack }

func (s *ownStack) TemplateFile() *string { return jsii.String("own.template.json") }

func TestStackOfIsTheNearestStack(t *testing.T) {
	app := awscdk.NewApp(nil)
	child := func(of constructs.Construct) constructs.Construct {
		return constructs.NewConstruct(of, jsii.String("Child"))
	}
	assert.Nil(t, stackOf(app))
	assert.Nil(t, stackOf(child(app)))

	stack := awscdk.NewStack(app, jsii.String("Outer"), nil)
	assert.Equal(t, stack, stackOf(stack))
	assert.Equal(t, stack, stackOf(child(child(stack))))
	nested := awscdk.NewNestedStack(stack, jsii.String("Nested"), nil)
	assert.Equal(t, *nested.Node().Path(), *stackOf(child(nested)).Node().Path())

	own := &ownStack{}
	awscdk.NewStack_Override(own, app, jsii.String("Own"), nil)
	assert.Equal(t, "Own", *stackOf(own).Node().Path())
	assert.Equal(t, stackOf(own), stackOf(child(own)), "all scopes in a stack have one registry of names")
}
