package emulator_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/securebase/cdk-redis-cache/emulator"
)

// report collects what all tests deployed, for the page at their end.
var report = &deployments{resources: map[string]*counts{}, differences: map[string]bool{}}

type deployments struct {
	sync.Mutex
	resources   map[string]*counts // by type
	updates     []string
	differences map[string]bool // that templates were changed for
}

type counts struct{ created, deleted, kept int }

func (s *deployments) of(kind string) *counts {
	if s.resources[kind] == nil {
		s.resources[kind] = &counts{}
	}
	return s.resources[kind]
}

func (s *deployments) created(stack *stack) {
	s.Lock()
	defer s.Unlock()
	for _, p := range stack.history(types.ResourceStatusCreateComplete) {
		s.of(p.kind).created++
	}
}

func (s *deployments) deleted(stack *stack) {
	s.Lock()
	defer s.Unlock()
	for _, p := range stack.history(types.ResourceStatusDeleteComplete) {
		s.of(p.kind).deleted++
	}
	for _, p := range stack.history(types.ResourceStatusDeleteSkipped) {
		s.of(p.kind).kept++
	}
}

func (s *deployments) adapted(assembly *emulator.Assembly, stack string) {
	s.Lock()
	defer s.Unlock()
	for _, d := range assembly.Differences(stack) {
		s.differences[d.Text] = true
	}
}

func (s *deployments) updated(stack *stack, change, what string) {
	s.Lock()
	defer s.Unlock()
	s.updates = append(s.updates, fmt.Sprintf("%s: %s: %s", stack.name, change, what))
}

// page lists what was deployed, resource by resource, and what was not as in AWS. What an update creates or deletes is not
// counted: the emulator has no events of it.
func (s *deployments) page() string {
	var page strings.Builder
	fmt.Fprintf(&page, "\n%-42s %8s %8s %5s\n", "Resources, with their stack", "created", "deleted", "kept")
	for _, kind := range slices.Sorted(maps.Keys(s.resources)) {
		c := s.resources[kind]
		fmt.Fprintf(&page, "%-42s %8d %8d %5d\n", kind, c.created, c.deleted, c.kept)
	}
	page.WriteString("\nUpdates\n")
	for _, update := range s.updates {
		page.WriteString("  " + update + "\n")
	}
	page.WriteString("\nNot as in AWS\n")
	for _, d := range emulator.Differences {
		if s.differences[d.Text] {
			page.WriteString("  " + d.Text + "\n")
		}
	}
	return page.String()
}
