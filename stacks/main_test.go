package stacks_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/constructs/serverlesscache"
	"github.com/securebase/cdk-redis-cache/internal/jsiiclose"
	_ "github.com/securebase/cdk-redis-cache/internal/testenv"
	"github.com/securebase/cdk-redis-cache/stacks"
)

var update = flag.Bool("update", false, "rewrite golden files and generated parts of docs/")

// One kernel for the package. CDK's validator is off: make synth runs it.
func TestMain(m *testing.M) {
	status := m.Run()
	jsiiclose.Close()
	os.Exit(status)
}

type (
	object = map[string]any
	list   = []any
)

// template is what a stack synthesizes to, as far as the tests look at it.
type template struct {
	Resources map[string]resource
	Outputs   map[string]struct{ Value any }
}

type resource struct {
	Type                                string
	Properties                          object
	DeletionPolicy, UpdateReplacePolicy string
}

// build synthesizes the stack of an environment in an app of its own.
func build(t *testing.T, e stacks.Environment) (stacks.RedisCacheStack, template) {
	t.Helper()
	stack := stacks.NewRedisCacheStack(awscdk.NewApp(nil), e.StackId(), &stacks.RedisCacheStackProps{Environment: e})
	return stack, templateOf(t, stack)
}

// buildServerless synthesizes the stack of a serverless environment in an app of its own.
func buildServerless(t *testing.T, e stacks.ServerlessEnvironment) (stacks.ServerlessCacheStack, template) {
	t.Helper()
	stack := stacks.NewServerlessCacheStack(awscdk.NewApp(nil), e.StackId(), &stacks.ServerlessCacheStackProps{Environment: e})
	return stack, templateOf(t, stack)
}

// serverlessEnvironment is like prod, but for its kind, and with limits.
func serverlessEnvironment() stacks.ServerlessEnvironment {
	e := stacks.ProdServerlessEnvironment()
	e.Name = "serverless"
	e.CacheUsageLimits = &serverlesscache.CacheUsageLimitsOptions{
		DataStorage:   &serverlesscache.UsageLimitOptions{Maximum: ptr(5.0)},
		EcpuPerSecond: &serverlesscache.UsageLimitOptions{Maximum: ptr(10_000.0)},
	}
	return e
}

func templateOf(t *testing.T, stack awscdk.Stack) (tpl template) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(toJson(t, *assertions.Template_FromStack(stack, nil).ToJSON())), &tpl))
	return tpl
}

// all are the properties of the resources of a type.
func (tpl template) all(resourceType string) (found []object) {
	for _, r := range tpl.Resources {
		if r.Type == resourceType {
			found = append(found, r.Properties)
		}
	}
	return found
}

func (tpl template) group() object { return tpl.all("AWS::ElastiCache::ReplicationGroup")[0] }

func toJson(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// panicOf is the error that f panics with.
func panicOf(f func()) (err error) {
	defer func() {
		if failure, is := recover().(error); is {
			err = failure
		} else {
			err = errors.New("no panic with an error")
		}
	}()
	f()
	return nil
}

func ptr[T any](v T) *T { return &v }

// tags are tags as RedisCacheProps has them.
func tags(pairs map[string]string) *map[string]*string {
	all := map[string]*string{}
	for key, value := range pairs {
		all[key] = &value
	}
	return &all
}
