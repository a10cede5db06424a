package stacks_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/stacks"
)

var acknowledgeableId = regexp.MustCompile(`\[ack: (.*)\]`)

// warningsOf are the ids of the warnings of an environment's stack, without the prefix of this module.
func warningsOf(t *testing.T, e stacks.Environment) (ids []string) {
	t.Helper()
	stack, _ := build(t, e)
	for _, construct := range *stack.Node().FindAll(constructs.ConstructOrder_PREORDER) {
		for _, entry := range *construct.Node().Metadata() {
			if *entry.Type != "aws:cdk:warning" {
				continue
			}
			id := acknowledgeableId.FindStringSubmatch(fmt.Sprint(entry.Data))
			if assert.NotNil(t, id, "%v cannot be acknowledged", entry.Data) {
				ids = append(ids, strings.TrimPrefix(id[1], rediscache.WarningPrefix))
			}
		}
	}
	slices.Sort(ids)
	return ids
}

func TestWhatIsRiskyInProductionIsWarnedOf(t *testing.T) {
	topic := ptr("arn:aws:sns:eu-central-1:123456789012:topic")
	tests := []struct {
		name   string
		change func(e *stacks.Environment)
		want   []string
	}{
		{"prod as it is", func(*stacks.Environment) {}, []string{"noAccount", "noAlarmSubscriber", "noEventSubscriber", "ownVpc"}},
		{"an address", func(e *stacks.Environment) { e.AlarmEmail = ptr("ops@example.com") }, []string{"noAccount", "ownVpc"}},
		{"an alarm topic", func(e *stacks.Environment) { e.AlarmTopicArn = topic }, []string{"noAccount", "noEventSubscriber", "ownVpc"}},
		{"an event topic", func(e *stacks.Environment) { e.NotificationTopicArn = topic },
			[]string{"noAccount", "noAlarmSubscriber", "ownVpc"}},
		{"a range of its own", func(e *stacks.Environment) { e.VpcCidr = ptr("10.7.0.0/16") },
			[]string{"noAccount", "noAlarmSubscriber", "noEventSubscriber"}},
		{"all that is asked for", func(e *stacks.Environment) {
			e.Account, e.Region, e.AlarmEmail = ptr("123456789012"), ptr("eu-central-1"), ptr("ops@example.com")
			e.VpcId, e.AvailabilityZones = ptr("vpc-12345678"), jsii.Strings("eu-central-1a", "eu-central-1b")
			e.SubnetIds = jsii.Strings("subnet-12345671", "subnet-12345672")
		}, nil},
		{"no termination protection", func(e *stacks.Environment) { e.TerminationProtection = nil }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := stacks.ProdEnvironment()
			test.change(&e)
			assert.Equal(t, test.want, warningsOf(t, e))
		})
	}
	t.Run("dev", func(t *testing.T) { assert.Empty(t, warningsOf(t, stacks.DevEnvironment())) })
}
