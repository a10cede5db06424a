package emulator_test

import (
	"context"
	"regexp"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/emulator"
)

// stack is one that a test deploys.
type stack struct {
	t        *testing.T
	name, id string
	last     *emulator.Assembly
}

// create deploys a stack that is not there yet. Whatever the test leaves of it is deleted at its end.
func create(t *testing.T, name string, assembly *emulator.Assembly) (*stack, map[string]string) {
	t.Helper()
	s := &stack{t: t, name: name}
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		_, _ = cloudFormation().UpdateTerminationProtection(context.Background(),
			&cloudformation.UpdateTerminationProtectionInput{StackName: &name, EnableTerminationProtection: new(bool)})
		_ = aws.Destroy(assembly, name)
	})
	outputs, err := s.deploy(assembly)
	require.NoError(t, err)
	s.id = s.describe().id
	report.created(s)
	return s, outputs
}

func (s *stack) deploy(assembly *emulator.Assembly) (outputs map[string]string, err error) {
	s.t.Helper()
	if outputs, err = aws.Deploy(assembly, s.name); err == nil {
		s.last = assembly
		report.adapted(assembly, s.name)
	}
	return outputs, err
}

// destroy deletes the stack as it was deployed last.
func (s *stack) destroy() {
	s.t.Helper()
	require.NoError(s.t, aws.Destroy(s.last, s.name))
	report.deleted(s)
}

type description struct{ id, status string }

func (s *stack) describe() description {
	s.t.Helper()
	found, err := cloudFormation().DescribeStacks(s.t.Context(), &cloudformation.DescribeStacksInput{StackName: &s.name})
	require.NoError(s.t, err)
	require.Len(s.t, found.Stacks, 1)
	return description{*found.Stacks[0].StackId, string(found.Stacks[0].StackStatus)}
}

// part is a resource of a stack.
type part struct {
	id, kind, physical, status string
}

// hashed is a logical id as CDK makes it: the path, and eight digits.
var hashed = regexp.MustCompile(`^(.+)[0-9A-F]{8}$`)

func newPart(id, kind, physical *string, status types.ResourceStatus) part {
	return part{hashed.ReplaceAllString(reordered.ReplaceAllString(*id, ""), "$1"), *kind, *physical, string(status)}
}

// parts of the stack, by logical id without its hash.
func (s *stack) parts() map[string]part {
	s.t.Helper()
	found, err := cloudFormation().DescribeStackResources(s.t.Context(), &cloudformation.DescribeStackResourcesInput{StackName: &s.name})
	require.NoError(s.t, err)
	all := map[string]part{}
	for _, r := range found.StackResources {
		p := newPart(r.LogicalResourceId, r.ResourceType, r.PhysicalResourceId, r.ResourceStatus)
		all[p.id] = p
	}
	return all
}

// history are the events of the stack's resources with that status, the oldest first.
func (s *stack) history(status types.ResourceStatus) []part {
	s.t.Helper()
	var events []part
	pages := cloudformation.NewDescribeStackEventsPaginator(cloudFormation(), &cloudformation.DescribeStackEventsInput{StackName: &s.id})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		require.NoError(s.t, err)
		for _, e := range page.StackEvents {
			if e.ResourceStatus == status && *e.ResourceType != "AWS::CloudFormation::Stack" {
				events = append(events, newPart(e.LogicalResourceId, e.ResourceType, e.PhysicalResourceId, e.ResourceStatus))
			}
		}
	}
	slices.Reverse(events)
	return events
}
