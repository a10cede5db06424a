// Package everywhere applies to all resources below a construct what they share: tags, and staying behind.
package everywhere

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// monitoring is what belongs to the stack and not to the cache, and what refuses a tag without a value (CloudFormation
// registry schemas).
func monitoring() *[]*string {
	alarm, dashboard := "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"
	return &[]*string{&alarm, &dashboard}
}

// Tag puts the tags on every resource that takes them, in the order of their keys.
func Tag(scope constructs.IConstruct, tags map[string]*string) {
	if len(tags) == 0 {
		return
	}
	all := awscdk.Tags_Of(scope)
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		var options *awscdk.TagProps
		if *tags[key] == "" {
			options = &awscdk.TagProps{ExcludeResourceTypes: monitoring()}
		}
		all.Add(&key, tags[key], options)
	}
}

// Keep leaves every resource behind where the policy is one that keeps, but for alarms and dashboards.
func Keep(scope constructs.IConstruct, policy awscdk.RemovalPolicy) {
	kept := &awscdk.RemovalPolicyProps{ExcludeResourceTypes: monitoring()}
	switch policy {
	case awscdk.RemovalPolicy_RETAIN:
		awscdk.RemovalPolicies_Of(scope).Retain(kept)
	case awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE:
		awscdk.RemovalPolicies_Of(scope).RetainOnUpdateOrDelete(kept)
	}
}
