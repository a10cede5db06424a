package emulator_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/emulator"
)

// Each difference is there. One that a newer version of the emulator has no more has to leave the list.
func TestDifferences(t *testing.T) {
	proofs := map[string]func(t *testing.T){
		"Alarms on metric math are":    metricMathFails,
		"Ref of a secret is its name":  secretRefIsName,
		"ExcludePunctuation of":        punctuationStays,
		"A replication group has no":   func(t *testing.T) { assert.Contains(t, tinyGroup(t, nil).endpoint, ".invalid") },
		"The ids of nodes are":         func(t *testing.T) { assert.Equal(t, "tiny-0001-001", tinyGroup(t, nil).node) },
		"A replication group is dele":  func(t *testing.T) { assert.Empty(t, tinyGroup(t, nil).snapshots) },
		"A replication group that mov": func(t *testing.T) { assert.Equal(t, "redis", tinyGroup(t, settings{"Engine": "valkey"}).engine) },
		"A token that is taken away":   func(t *testing.T) { assert.True(t, tinyGroup(t, settings{"AuthToken": nil}).token) },
		"IAM policies, key policies":   func(t *testing.T) { tinyGroup(t, settings{"CacheNodeType": "cache.none.such"}) },
	}
	for _, d := range emulator.Differences {
		t.Run(d.Text, func(t *testing.T) {
			if name, is := strings.CutSuffix(d.Text, " is not created; a placeholder takes its place."); is {
				isUnknown(t, name)
				return
			}
			for beginning, proof := range proofs {
				if strings.HasPrefix(d.Text, beginning) {
					proof(t)
					return
				}
			}
			assert.Fail(t, "no proof of this difference")
		})
	}
}

func TestThePageListsTheDifferences(t *testing.T) {
	page, err := os.ReadFile("../docs/try.md")
	require.NoError(t, err)
	var list strings.Builder
	for _, d := range emulator.Differences {
		list.WriteString("- " + strings.NewReplacer("<", "\\<").Replace(d.Text) + "\n")
	}
	assert.Contains(t, string(page), list.String())
}

func isUnknown(t *testing.T, name string) {
	_, err := cloudFormation().ValidateTemplate(t.Context(), &cloudformation.ValidateTemplateInput{
		TemplateBody: body(t, settings{"It": settings{"Type": name}}, nil),
	})
	assert.ErrorContains(t, err, "Unrecognized resource types: ["+name+"]")
}

func metricMathFails(t *testing.T) {
	s := tiny(t, settings{"Alarm": settings{"Type": "AWS::CloudWatch::Alarm", "Properties": settings{
		"ComparisonOperator": "LessThanThreshold", "EvaluationPeriods": 1, "Threshold": 1,
		"Metrics": []any{settings{"Id": "e", "Expression": "TIME_SERIES(1)"}},
	}}}, nil)
	events, err := cloudFormation().DescribeStackEvents(t.Context(), &cloudformation.DescribeStackEventsInput{StackName: s.StackId})
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(events.StackEvents, func(e types.StackEvent) bool {
		return e.ResourceStatus == types.ResourceStatusCreateFailed &&
			strings.Contains(*e.ResourceStatusReason, "(metric math) is not supported")
	}))
}

func secretRefIsName(t *testing.T) {
	s := tiny(t, settings{"Secret": settings{"Type": "AWS::SecretsManager::Secret", "Properties": settings{"Name": "tiny"}}},
		settings{"Ref": settings{"Value": settings{"Ref": "Secret"}}})
	assert.Equal(t, "tiny", *s.Outputs[0].OutputValue)
}

func punctuationStays(t *testing.T) {
	s := tiny(t, settings{"Secret": settings{"Type": "AWS::SecretsManager::Secret", "Properties": settings{
		"GenerateSecretString": settings{
			"SecretStringTemplate": "{}", "GenerateStringKey": "it", "PasswordLength": 1000, "ExcludePunctuation": true,
		},
	}}}, settings{"Ref": settings{"Value": settings{"Ref": "Secret"}}})
	assert.Regexp(t, `[[:punct:]]`, secretOf(t, *s.Outputs[0].OutputValue)["it"])
}

// body is the text of a template.
func body(t *testing.T, resources, outputs settings) *string {
	t.Helper()
	template := settings{"Resources": resources}
	if outputs != nil {
		template["Outputs"] = outputs
	}
	text, err := json.Marshal(template)
	require.NoError(t, err)
	return jsii.String(string(text))
}

// tiny creates a stack of a few resources, which is deleted at the end of the test.
func tiny(t *testing.T, resources, outputs settings) types.Stack {
	t.Helper()
	_, err := cloudFormation().CreateStack(t.Context(), &cloudformation.CreateStackInput{
		StackName: jsii.String("tiny"), TemplateBody: body(t, resources, outputs),
	})
	require.NoError(t, err)
	t.Cleanup(func() { deleteTiny(t) })
	return settled(t)
}

// deleteTiny runs in cleanups too, when the context of the test is done.
func deleteTiny(t *testing.T) {
	ctx := context.Background()
	_, err := cloudFormation().DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: jsii.String("tiny")})
	require.NoError(t, err)
	for err == nil {
		time.Sleep(20 * time.Millisecond)
		_, err = cloudFormation().DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: jsii.String("tiny")})
	}
}

// settled waits until nothing is in progress any more.
func settled(t *testing.T) types.Stack {
	t.Helper()
	for {
		found, err := cloudFormation().DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: jsii.String("tiny")})
		require.NoError(t, err)
		if s := found.Stacks[0]; !strings.HasSuffix(string(s.StackStatus), "_IN_PROGRESS") {
			return s
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// outcome is what the emulator made of a replication group.
type outcome struct {
	node, endpoint, engine string
	token                  bool
	snapshots              []string // after its deletion
}

// tinyGroup is created, changed, and deleted again. A change to nil takes the property away.
func tinyGroup(t *testing.T, change settings) (made outcome) {
	t.Helper()
	properties := settings{
		"ReplicationGroupId": "tiny", "ReplicationGroupDescription": "tiny", "Engine": "redis", "EngineVersion": "7.1",
		"CacheNodeType": "cache.t3.micro", "TransitEncryptionEnabled": true, "AuthToken": "abcdefghijklmnopqrstuvwxyz012345",
	}
	resources := settings{"Group": settings{"Type": group, "DeletionPolicy": "Snapshot", "Properties": properties}}
	require.Equal(t, types.StackStatusCreateComplete, tiny(t, resources, nil).StackStatus)
	for name, value := range change {
		properties[name] = value
		if value == nil {
			delete(properties, name)
		}
	}
	if change != nil {
		_, err := cloudFormation().UpdateStack(t.Context(), &cloudformation.UpdateStackInput{
			StackName: jsii.String("tiny"), TemplateBody: body(t, resources, nil),
		})
		require.NoError(t, err)
		require.Equal(t, types.StackStatusUpdateComplete, settled(t).StackStatus)
	}
	found := replicationGroup(t, "tiny")
	made = outcome{
		node: found.MemberClusters[0], endpoint: *found.NodeGroups[0].PrimaryEndpoint.Address,
		engine: *found.Engine, token: *found.AuthTokenEnabled,
	}
	deleteTiny(t)
	snapshots, err := elastiCache().DescribeSnapshots(t.Context(), nil)
	require.NoError(t, err)
	for _, snapshot := range snapshots.Snapshots {
		made.snapshots = append(made.snapshots, *snapshot.SnapshotName)
	}
	return made
}
