// Package guard compares the template of a stack with the one that would be deployed next, and finds what would be lost:
// data, keys, secrets, logs, snapshots and logins. It imports no CDK package.
package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// Finding is one loss: a resource, and the property that causes it.
type Finding struct {
	// LogicalID of the resource.
	LogicalID string `json:"logicalId"`
	// Type of the resource, such as "AWS::ElastiCache::ReplicationGroup".
	Type string `json:"type"`
	// Loss is the kind of loss.
	Loss Loss `json:"loss"`
	// Property that causes it, or an attribute of the resource such as "DeletionPolicy"; empty where the resource itself goes.
	Property string `json:"property"`
	// Old and New are the values, as String of template.Value shows them. Passwords and tokens are not shown.
	Old string `json:"old"`
	New string `json:"new"`
	// Effect is what the deployment does.
	Effect string `json:"effect"`
	// Remedy is what to do instead.
	Remedy string `json:"remedy"`
	// Allowed findings are taken on purpose.
	Allowed bool `json:"allowed"`
}

// Loss is a kind of loss.
type Loss string

// The kinds of loss.
const (
	Replaced      Loss = "replaced"
	MayBeReplaced Loss = "may be replaced"
	Removed       Loss = "removed"
	Unprotected   Loss = "unprotected"
	SnapshotsOff  Loss = "snapshots off"
	MayBeEvicted  Loss = "may be evicted"
	LoginChanged  Loss = "login changed"
)

// String is the finding in one line.
func (f Finding) String() string {
	line := fmt.Sprintf("%s (%s)", f.LogicalID, f.Type)
	if f.Property != "" {
		line += fmt.Sprintf(" %s: %s -> %s", f.Property, f.Old, f.New)
	}
	line += ": " + f.Effect + ". " + f.Remedy
	if f.Allowed {
		return "allowed: " + line
	}
	return line
}

// loses is what is lost with a resource. CloudFormation makes equal ones of other types, such as parameter groups.
var loses = map[string]string{
	replacement.ReplicationGroup: "its data",
	replacement.ServerlessCache:  "its data",
	replacement.User:             "its logins",
	replacement.UserGroup:        "its logins",
	replacement.Secret:           "its value",
	replacement.Key:              "everything that is encrypted with it",
	replacement.LogGroup:         "its log events",
}

// comparison is a deployed template, the next one, and the resources that the deployment replaces.
type comparison struct {
	before, after *template.Template
	replaced      map[string]bool
	findings      []Finding
}

// Compare returns everything that a deployment of after would lose in a stack that has before, in the order of the logical
// ids.
func Compare(before, after *template.Template) []Finding {
	c := &comparison{before: before, after: after, replaced: map[string]bool{}}
	c.findReplaced()
	for _, id := range before.LogicalIDs() {
		old, now := before.Resource(id), after.Resource(id)
		switch {
		case loses[old.Type] == "":
		case now == nil:
			c.addRemoved(old)
		case now.Type != old.Type:
			c.addRetyped(old, now)
		default:
			c.addReplaced(old, now)
			c.addUnprotected(old, now)
			c.addSnapshotsOff(old, now)
			c.addLoweredLimit(old, now)
			c.addLogin(old, now)
		}
	}
	return c.findings
}

func (c *comparison) add(f Finding) { c.findings = append(c.findings, f) }

// changed reports whether CloudFormation sees another value: another text, or a reference to a resource that is replaced.
func (c *comparison) changed(old, now *template.Resource, property string) bool {
	value := now.Property(property)
	return !old.Property(property).Equal(value) ||
		slices.ContainsFunc(value.References(), func(id string) bool { return c.replaced[id] })
}

// Allow marks the findings of these resources as allowed. An id that neither template has is an error, so that a typing
// error does not look like a decision.
func Allow(findings []Finding, before, after *template.Template, ids []string) error {
	known := map[string]bool{}
	for _, id := range slices.Concat(before.LogicalIDs(), after.LogicalIDs()) {
		known[id] = true
	}
	var problems []string
	for _, id := range ids {
		if !known[id] {
			problems = append(problems, fmt.Sprintf("--allow %s: neither template has a resource of this id%s",
				id, check.DidYouMean(id, slices.Sorted(maps.Keys(known)))))
		}
	}
	for i := range findings {
		findings[i].Allowed = slices.Contains(ids, findings[i].LogicalID)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s", strings.Join(problems, "\n"))
	}
	return nil
}

// Losses counts the findings that are not allowed.
func Losses(findings []Finding) (count int) {
	for _, f := range findings {
		if !f.Allowed {
			count++
		}
	}
	return count
}
