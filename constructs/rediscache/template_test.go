package rediscache_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/stretchr/testify/require"
)

// The types of resources that tests look for.
const (
	replicationGroup = "AWS::ElastiCache::ReplicationGroup"
	parameterGroup   = "AWS::ElastiCache::ParameterGroup"
	subnetGroup      = "AWS::ElastiCache::SubnetGroup"
	securityGroup    = "AWS::EC2::SecurityGroup"
	ingress          = "AWS::EC2::SecurityGroupIngress"
	egress           = "AWS::EC2::SecurityGroupEgress"
	secret           = "AWS::SecretsManager::Secret"
	logGroup         = "AWS::Logs::LogGroup"
	alarm            = "AWS::CloudWatch::Alarm"
	dashboard        = "AWS::CloudWatch::Dashboard"
	policy           = "AWS::IAM::Policy"
	permission       = "AWS::Lambda::Permission"
)

// JSON as a template has it.
type (
	object = map[string]any
	list   = []any
)

// template is a synthesized template.
type template struct {
	Resources map[string]resource
	Outputs   map[string]any
}

type resource struct {
	Type                string
	Properties          object
	DeletionPolicy      string
	UpdateReplacePolicy string
	UpdatePolicy        object
	DependsOn           []string
	Metadata            object
}

func synthesize(t testing.TB, stack awscdk.Stack) template {
	t.Helper()
	text, err := json.Marshal(*assertions.Template_FromStack(stack, nil).ToJSON())
	require.NoError(t, err)
	var parsed template
	require.NoError(t, json.Unmarshal(text, &parsed))
	return parsed
}

// allOf are the resources of a type, by logical id.
func (tpl template) allOf(resourceType string) map[string]resource {
	found := map[string]resource{}
	for id, r := range tpl.Resources {
		if r.Type == resourceType {
			found[id] = r
		}
	}
	return found
}

// one is the only resource of a type.
func (tpl template) one(t testing.TB, resourceType string) resource {
	t.Helper()
	found := tpl.allOf(resourceType)
	require.Len(t, found, 1, "resources of type %s", resourceType)
	for _, r := range found {
		return r
	}
	panic("unreachable")
}

// idOf is the logical id that is the prefix and a hash, as CDK makes them.
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

// named is the resource whose logical id is the prefix and a hash.
func (tpl template) named(t testing.TB, prefix string) resource {
	t.Helper()
	return tpl.Resources[tpl.idOf(t, prefix)]
}

// ref is a reference to the resource whose logical id is the prefix and a hash.
func (tpl template) ref(t testing.TB, prefix string) object {
	t.Helper()
	return object{"Ref": tpl.idOf(t, prefix)}
}

// getAtt is an attribute of the resource whose logical id is the prefix and a hash.
func (tpl template) getAtt(t testing.TB, prefix, attribute string) object {
	t.Helper()
	return object{"Fn::GetAtt": list{tpl.idOf(t, prefix), attribute}}
}

// join is text and references put together.
func join(parts ...any) object { return object{"Fn::Join": list{"", parts}} }

func jsonOf(value any) string {
	text, _ := json.Marshal(value)
	return string(text)
}
