// Package upgrade tells what a change of the engine or the node type does to a deployed replication group, whether
// ElastiCache would refuse it, and in which order to do it. It imports no CDK package.
//
// The rules are those of the ElastiCache user guide: "Upgrading engine versions including cross engine upgrades", "Upgrade
// considerations", "Parameter management" and "Scaling".
package upgrade

import (
	"fmt"
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// Plan is what is to know of the upgrade of one replication group.
type Plan struct {
	// LogicalID of the replication group.
	LogicalID string `json:"logicalId"`
	// Changes are the changes that the plan is about.
	Changes []Change `json:"changes"`
	// Does is what the deployment does.
	Does []string `json:"does"`
	// Back is the way back.
	Back []string `json:"back"`
	// CdkDiff is what `cdk diff` says wrongly.
	CdkDiff []string `json:"cdkDiff"`
	// Refused is what ElastiCache or CloudFormation would refuse.
	Refused []Problem `json:"refused"`
	// Separate is what to deploy on its own.
	Separate []string `json:"separate"`
	// Check is what the templates and tables do not say, and a person has to look up.
	Check []string `json:"check"`
	// Unknown is what makes the plan incomplete.
	Unknown []string `json:"unknown"`
	// Steps in their order.
	Steps []string `json:"steps"`
}

// Change is a property with its old and new value.
type Change struct {
	Property string `json:"property"`
	Old      string `json:"old"`
	New      string `json:"new"`
}

func (c Change) String() string { return fmt.Sprintf("%s %s -> %s", c.Property, c.Old, c.New) }

// Problem is a change that would be refused.
type Problem struct {
	Change
	// Message says why, and what to do instead.
	Message string `json:"message"`
}

func (p Problem) String() string { return p.Change.String() + ": " + p.Message }

// String is the plan in lines, each with what it is about.
func (p Plan) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: ", p.LogicalID)
	for i, change := range p.Changes {
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteString(change.String())
	}
	for _, problem := range p.Refused {
		text.WriteString("\n  refused: " + problem.String())
	}
	for _, list := range []struct {
		name  string
		lines []string
	}{
		{"unknown", p.Unknown}, {"does", p.Does}, {"back", p.Back}, {"separate", p.Separate}, {"check", p.Check}, {"cdk diff", p.CdkDiff},
	} {
		for _, line := range list.lines {
			text.WriteString("\n  " + list.name + ": " + line)
		}
	}
	for i, step := range p.Steps {
		fmt.Fprintf(&text, "\n  step %d: %s", i+1, step)
	}
	return text.String()
}

// planned are the properties that make an upgrade. The parameter group follows the engine.
var planned = []string{"Engine", "EngineVersion", "CacheNodeType"}

// Compare returns a plan for every replication group and serverless cache of both templates whose engine or node type
// changes.
func Compare(before, after *template.Template) (plans []Plan) {
	for _, old := range before.OfType(replacement.ReplicationGroup) {
		now := after.Resource(old.LogicalID)
		if now == nil || now.Type != old.Type {
			continue
		}
		u := &upgrade{before: newState(before, old), after: newState(after, now), plan: Plan{LogicalID: old.LogicalID}}
		if u.findChanges(planned); len(u.plan.Changes) > 0 || u.before.family != u.after.family {
			u.complete()
			plans = append(plans, u.plan)
		}
	}
	for _, old := range before.OfType(replacement.ServerlessCache) {
		now := after.Resource(old.LogicalID)
		if now == nil || now.Type != old.Type {
			continue
		}
		u := &upgrade{before: state{group: old}, after: state{group: now}, plan: Plan{LogicalID: old.LogicalID}}
		if u.findChanges([]string{"Engine", "MajorEngineVersion"}); len(u.plan.Changes) > 0 {
			u.checkServerless()
			plans = append(plans, u.plan)
		}
	}
	return plans
}

// upgrade is a plan in the making.
type upgrade struct {
	before, after state
	plan          Plan
}

func (u *upgrade) findChanges(properties []string) {
	for _, property := range properties {
		if u.changes(property) {
			u.plan.Changes = append(u.plan.Changes, u.change(property))
		}
	}
}

func (u *upgrade) changes(properties ...string) bool {
	return slices.ContainsFunc(properties, func(property string) bool {
		return !u.before.group.Property(property).Equal(u.after.group.Property(property))
	})
}

func (u *upgrade) change(property string) Change {
	return Change{property, u.before.group.Property(property).String(), u.after.group.Property(property).String()}
}

func (u *upgrade) refuse(change Change, format string, args ...any) {
	u.plan.Refused = append(u.plan.Refused, Problem{change, fmt.Sprintf(format, args...)})
}

func (u *upgrade) check(format string, args ...any) {
	u.plan.Check = append(u.plan.Check, fmt.Sprintf(format, args...))
}

// complete applies the rules in the order of the lines.
func (u *upgrade) complete() {
	if u.before.family != u.after.family {
		u.plan.Changes = append(u.plan.Changes, Change{"parameter group family", orUnknown(u.before.family), orUnknown(u.after.family)})
	}
	for _, property := range planned {
		for _, value := range []template.Value{u.before.group.Property(property), u.after.group.Property(property)} {
			if _, isLiteral := value.Literal(); u.changes(property) && !isLiteral {
				u.plan.Unknown = append(u.plan.Unknown, fmt.Sprintf("%s is %s, which only CloudFormation knows", property, value))
			}
		}
	}
	if len(u.plan.Unknown) > 0 {
		return
	}
	u.checkEngine()
	impossible := len(u.plan.Refused) > 0 // in any order of deployments
	u.checkParameterGroup()
	u.checkNodeType()
	u.checkTogether()
	if impossible {
		return
	}
	u.describe()
	u.addSteps()
}

func orUnknown(family string) string {
	if family == "" {
		return "unknown"
	}
	return family
}
