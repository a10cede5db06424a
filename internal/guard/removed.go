package guard

import (
	"fmt"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// addRemoved: what happens to a resource that leaves the stack is in the deployed template.
func (c *comparison) addRemoved(old *template.Resource) {
	isCache := old.Type == replacement.ReplicationGroup || old.Type == replacement.ServerlessCache
	effect := "deletes the resource and loses " + loses[old.Type]
	switch old.DeletionPolicy {
	case "Retain", "RetainExceptOnCreate":
		if !isCache {
			return
		}
		effect = "takes the resource out of the stack; it goes on running, and the stack no longer manages it"
	case "Snapshot":
		effect = "deletes the resource; its data is only in the final snapshot"
	default:
		if takesFinalSnapshot(old) {
			effect = "deletes the resource; its data is only in the final snapshot"
		}
	}
	advice := "Keep it in the template"
	if successor := c.successor(old); successor != nil {
		effect = fmt.Sprintf("changes its logical id to %s, which %s", successor.LogicalID, effect)
		advice = fmt.Sprintf("Keep the path of the construct, or call OverrideLogicalId(%q) on the resource; to move it, use `cdk "+
			"refactor`, or `cdk orphan` and then `cdk import`", old.LogicalID)
	}
	c.add(Finding{LogicalID: old.LogicalID, Type: old.Type, Loss: Removed, Effect: effect, Remedy: advice})
}

// takesFinalSnapshot reports whether ElastiCache takes a last snapshot of a serverless cache that is deleted. For other types,
// the policy Snapshot says so.
func takesFinalSnapshot(deployed *template.Resource) bool {
	return deployed.Type == replacement.ServerlessCache && deployed.Property("FinalSnapshotName").Exists()
}

// successor is a new resource that takes the place of the old one: of the same name, or the only new one of the type.
func (c *comparison) successor(old *template.Resource) *template.Resource {
	known, _ := replacement.Find(old.Type)
	var added []*template.Resource
	for _, candidate := range c.after.OfType(old.Type) {
		if c.before.Resource(candidate.LogicalID) != nil {
			continue
		}
		added = append(added, candidate)
		name := candidate.Property(known.PhysicalName)
		if known.PhysicalName != "" && name.Exists() && name.Equal(old.Property(known.PhysicalName)) {
			return candidate
		}
	}
	if len(added) == 1 {
		return added[0]
	}
	return nil
}

// addRetyped: CloudFormation refuses another type under a logical id.
func (c *comparison) addRetyped(old, now *template.Resource) {
	c.add(Finding{
		LogicalID: old.LogicalID, Type: old.Type, Loss: Removed, Property: "Type", Old: old.Type, New: now.Type,
		Effect: "gives the logical id to a resource of another type, which CloudFormation refuses",
		Remedy: "Give the new resource an id of its own, and keep the old one",
	})
}
