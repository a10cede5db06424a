package guard

import (
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

// addResharded: the number of shards changes in place with UseOnlineResharding only; and a group without cluster mode cannot
// get it, nor one with it lose it, without new endpoints.
func (c *comparison) addResharded(old, now *template.Resource) {
	const property, parameterGroup = "NumNodeGroups", "CacheParameterGroupName"
	before, after := old.Property(property), now.Property(property)
	found := Finding{
		LogicalID: old.LogicalID, Type: old.Type, Loss: MayBeReplaced, Property: property, Old: before.String(), New: after.String(),
		Remedy: remedy(old.Type, property, before),
	}
	online, _ := now.UpdatePolicy("UseOnlineResharding").Literal()
	had, knownBefore := clusterMode(c.before, old)
	has, knownAfter := clusterMode(c.after, now)
	switch {
	case knownBefore && knownAfter && had != has:
		found.Effect = "turns cluster mode on or off, which replaces the resource or fails"
		if before.Equal(after) {
			found.Property, found.Old, found.New = parameterGroup, modeOf(had), modeOf(has)
		}
	case isOne(before) && isOne(after) || before.Equal(after) || online == "true":
		return
	default:
		found.Effect = "may replace the resource and lose its data, because the UpdatePolicy lacks UseOnlineResharding"
	}
	c.add(found)
}

// clusterMode tells whether cluster mode is enabled: by several shards, or by the parameter group, which is not known where
// neither the template nor AWS makes it.
func clusterMode(t *template.Template, group *template.Resource) (enabled, known bool) {
	if !isOne(group.Property("NumNodeGroups")) {
		return true, true
	}
	name := group.Property("CacheParameterGroupName")
	for _, id := range name.References() {
		if of := t.Resource(id); of != nil && of.Type == replacement.ParameterGroup {
			value, _ := of.Property("Properties").Entries()["cluster-enabled"].Literal()
			return value == "yes", true
		}
	}
	literal, _ := name.Literal()
	return strings.HasSuffix(literal, ".cluster.on"), !name.Exists() || strings.HasPrefix(literal, "default.")
}

func modeOf(enabled bool) string {
	if enabled {
		return "cluster mode enabled"
	}
	return "cluster mode disabled"
}

// isOne reports whether there is one shard, which is the default.
func isOne(number template.Value) bool { return isDefault(number, template.Text("1")) }
