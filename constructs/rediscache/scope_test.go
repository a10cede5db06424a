package rediscache_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/internal/tree"
)

// ownStack is a stack that a Go app derives from CDK's.
type ownStack struct{ awscdk.Stack }

func (s *ownStack) TemplateFile() *string { return jsii.String("own.template.json") }

// The package tree itself is tested here, where there is a kernel.
func TestStackOfIsTheNearestStack(t *testing.T) {
	app := newApp()
	child := func(of constructs.Construct) constructs.Construct {
		return constructs.NewConstruct(of, jsii.String("Child"))
	}
	assert.Nil(t, tree.StackOf(app))
	assert.Nil(t, tree.StackOf(child(app)))

	stack := newStack(app, "Outer")
	assert.Equal(t, stack, tree.StackOf(stack))
	assert.Equal(t, stack, tree.StackOf(child(child(stack))))
	nested := awscdk.NewNestedStack(stack, jsii.String("Nested"), nil)
	assert.Equal(t, *nested.Node().Path(), *tree.StackOf(child(nested)).Node().Path())

	own := &ownStack{}
	awscdk.NewStack_Override(own, app, jsii.String("Own"), nil)
	assert.Equal(t, "Own", *tree.StackOf(own).Node().Path())
	assert.Equal(t, tree.StackOf(own), tree.StackOf(child(own)), "all scopes in a stack have one registry of names")
}
