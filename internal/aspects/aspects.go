// Package aspects applies tags and removal policies to every resource under a construct.
package aspects

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// monitoring belongs to the stack and not to the cache, and its resource types refuse a tag without a value
// (CloudFormation registry schemas).
func monitoring() *[]*string {
	alarm, dashboard := "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"
	return &[]*string{&alarm, &dashboard}
}

// userGroup is never tagged: an update that changes nothing but its tags has failed (aws-cdk issues 15378 and 16266).
const userGroup = "AWS::ElastiCache::UserGroup"

// Tag puts the tags on every resource that takes tags, in the order of their keys.
func Tag(scope constructs.IConstruct, tags map[string]*string) {
	if len(tags) == 0 {
		return
	}
	all := awscdk.Tags_Of(scope)
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		group := userGroup
		untagged := []*string{&group}
		if *tags[key] == "" {
			untagged = append(untagged, *monitoring()...)
		}
		all.Add(&key, tags[key], &awscdk.TagProps{ExcludeResourceTypes: &untagged})
	}
}

// Retain applies a retaining policy to every resource except alarms and dashboards. It does nothing for other policies.
func Retain(scope constructs.IConstruct, policy awscdk.RemovalPolicy) {
	kept := &awscdk.RemovalPolicyProps{ExcludeResourceTypes: monitoring()}
	switch policy {
	case awscdk.RemovalPolicy_RETAIN:
		awscdk.RemovalPolicies_Of(scope).Retain(kept)
	case awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE:
		awscdk.RemovalPolicies_Of(scope).RetainOnUpdateOrDelete(kept)
	}
}
