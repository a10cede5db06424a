package guard

import (
	"strconv"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// protection orders the policies: the higher, the more is left of a resource that goes.
var protection = map[string]int{"Delete": 0, "Snapshot": 1, "Retain": 2, "RetainExceptOnCreate": 2}

func (c *comparison) addUnprotected(old, now *template.Resource) {
	for _, attribute := range []struct{ name, old, now, when string }{
		{"DeletionPolicy", old.DeletionPolicy, now.DeletionPolicy, "leaves the stack"},
		{"UpdateReplacePolicy", old.UpdateReplacePolicy, now.UpdateReplacePolicy, "is replaced"},
	} {
		if protection[attribute.now] < protection[attribute.old] {
			c.add(Finding{
				LogicalID: old.LogicalID, Type: old.Type, Loss: Unprotected, Property: attribute.name,
				Old: strconv.Quote(attribute.old), New: strconv.Quote(attribute.now),
				Effect: "leaves less of the resource when it " + attribute.when,
				Remedy: "Keep the RemovalPolicy",
			})
		}
	}
	if final := "FinalSnapshotName"; old.Type == replacement.ServerlessCache && old.Property(final).Exists() && !now.Property(final).Exists() {
		c.add(Finding{
			LogicalID: old.LogicalID, Type: old.Type, Loss: Unprotected, Property: final, Old: old.Property(final).String(), New: "none",
			Effect: "takes no final snapshot when the cache is deleted", Remedy: "Keep the name",
		})
	}
}

// addSnapshotsOff: no limit is a limit of 0.
func (c *comparison) addSnapshotsOff(old, now *template.Resource) {
	const property = "SnapshotRetentionLimit"
	off := template.Text("0")
	if isDefault(old.Property(property), off) || !isDefault(now.Property(property), off) {
		return
	}
	c.add(Finding{
		LogicalID: old.LogicalID, Type: old.Type, Loss: SnapshotsOff, Property: property,
		Old: old.Property(property).String(), New: now.Property(property).String(),
		Effect: "switches automatic snapshots off",
		Remedy: "Keep at least 1 day: switching them on again has been seen to fail",
	})
}

func isDefault(value, otherwise template.Value) bool {
	return !value.Exists() || value.Equal(otherwise)
}
