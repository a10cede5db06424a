package guard

import (
	"fmt"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// findReplaced finds every resource that CloudFormation replaces, stateful or not: a create-only property changes with a
// resource that it refers to, so one replacement may bring the next.
func (c *comparison) findReplaced() {
	for again := true; again; {
		again = false
		for _, id := range c.before.LogicalIDs() {
			old, now := c.before.Resource(id), c.after.Resource(id)
			if now == nil || now.Type != old.Type || c.replaced[id] {
				continue
			}
			if len(c.replacing(old, now)) > 0 {
				c.replaced[id], again = true, true
			}
		}
	}
}

// replacing are the create-only properties that change.
func (c *comparison) replacing(old, now *template.Resource) (properties []string) {
	known, _ := replacement.Find(old.Type)
	for _, property := range known.CreateOnly {
		if c.changed(old, now, property) {
			properties = append(properties, property)
		}
	}
	return properties
}

func (c *comparison) addReplaced(old, now *template.Resource) {
	known, _ := replacement.Find(old.Type)
	for _, property := range c.replacing(old, now) {
		c.add(Finding{
			LogicalID: old.LogicalID, Type: old.Type, Loss: Replaced, Property: property,
			Old: old.Property(property).String(), New: c.shown(now, property),
			Effect: replacedEffect(old, now, known), Remedy: remedy(old.Type, property, old.Property(property)),
		})
	}
	for _, property := range known.Conditional {
		if effect := c.conditionalEffect(old, now, property); effect != "" {
			c.add(Finding{
				LogicalID: old.LogicalID, Type: old.Type, Loss: MayBeReplaced, Property: property,
				Old: hide(property, old.Property(property)), New: hide(property, now.Property(property)),
				Effect: effect, Remedy: remedy(old.Type, property, old.Property(property)),
			})
		}
	}
	if old.Type == replacement.ReplicationGroup {
		c.addResharded(old, now)
	}
}

// shown is a new value, and why it is another one where it reads the same.
func (c *comparison) shown(now *template.Resource, property string) string {
	value := now.Property(property)
	for _, id := range value.References() {
		if c.replaced[id] {
			return value.String() + ", which is replaced"
		}
	}
	return value.String()
}

// replacedEffect depends on what happens to the old resource, and on whether the new one can be made at all.
func replacedEffect(old, now *template.Resource, known replacement.Type) string {
	const snapshotOnly = "replaces the resource by an empty one; its data is only in the final snapshot"
	effect := "replaces the resource and loses " + loses[old.Type]
	if takesFinalSnapshot(old) {
		effect = snapshotOnly
	}
	switch now.UpdateReplacePolicy {
	case "Retain", "RetainExceptOnCreate":
		effect = "replaces the resource by an empty one; the old one stays outside the stack"
	case "Snapshot":
		effect = snapshotOnly
	}
	name := now.Property(known.PhysicalName)
	if known.PhysicalName != "" && name.Exists() && name.Equal(old.Property(known.PhysicalName)) {
		effect += fmt.Sprintf(" (with the fixed %s %s the deployment fails, because the new one needs the same name)", known.PhysicalName, name)
	}
	return effect
}

// conditionalEffect is empty where a change is in place, or is a change of the login only.
func (c *comparison) conditionalEffect(old, now *template.Resource, property string) string {
	had, has := old.Property(property).Exists(), now.Property(property).Exists()
	switch {
	case property != "AuthToken":
		if c.changed(old, now, property) {
			return "may replace the resource and lose its data"
		}
	case !had && has:
		return "replaces the resource and loses its data"
	case had && !has:
		return "replaces the resource or fails: CloudFormation cannot remove a token in place"
	}
	return ""
}
