package upgrade

import (
	"slices"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

// checkParameterGroup: engine, version and a parameter group of the family go together, in one update.
func (u *upgrade) checkParameterGroup() {
	from, to := u.before, u.after
	change := u.change("CacheParameterGroupName")
	wanted := to.known.Family
	switch {
	case !to.group.Property("CacheParameterGroupName").Exists() && from.ownParameterGroup() && u.changes("CacheParameterGroupName"):
		u.refuse(change, "a replication group with a parameter group of its own needs one of the new family in the same update; name one "+
			"of %q", wanted)
		return
	case to.family == "":
		u.check("the parameter group %s is not in the template; its family has to be %s, and the values of %s those of the old one",
			to.group.Property("CacheParameterGroupName"), wanted, strings.Join(fixedParameters(from.family, wanted), ", "))
		return
	case !u.familyFits(wanted):
		u.refuse(Change{"CacheParameterGroupName", change.Old, change.New}, "is of the family %q, and %s needs %q; change engine, version "+
			"and parameter group in one update", to.family, to.name(), wanted)
		return
	}
	if from.parameterGroup != nil && to.parameterGroup != nil && from.parameterGroup.LogicalID == to.parameterGroup.LogicalID {
		if from.family != to.family {
			u.refuse(Change{to.parameterGroup.LogicalID + " CacheParameterGroupFamily", from.family, to.family},
				"CloudFormation would replace a parameter group that is in use; give the parameter group of the new family a logical id of its own")
		}
		return
	}
	u.checkFixedParameters()
}

// familyFits knows the family of a version in the catalog; of another version, only the engine and the major version.
func (u *upgrade) familyFits(wanted string) bool {
	if u.after.inCatalog {
		return u.after.family == wanted
	}
	major, _, _ := strings.Cut(u.after.version, ".")
	return strings.HasPrefix(u.after.family, u.after.engine+major)
}

// checkFixedParameters: the parameter group that takes the place of another needs the same values of what is fixed at
// creation.
func (u *upgrade) checkFixedParameters() {
	for _, name := range fixedParameters(u.before.family, u.after.family) {
		old, isKnown := u.before.parameter(name)
		now, isStillKnown := u.after.parameter(name)
		p, _ := catalog.FindParameter(u.after.family, name)
		switch {
		case lacks(u.before.family, name) || lacks(u.after.family, name):
		case !isKnown || !isStillKnown:
			u.check("the parameter %s has to have the same value in both parameter groups, and the templates do not say it", name)
		case old == now:
		case !p.Modifiable && p.Owned == "":
			u.refuse(Change{name, old, now}, "has to have the same value in both parameter groups, and %s does not let anyone set it; create "+
				"a new cache, and move the clients", u.after.family)
		default:
			u.refuse(Change{name, old, now}, "has to have the same value in both parameter groups; set it to %q in the Parameters of the new "+
				"one", old)
		}
	}
}

// lacks reports whether a family of the catalog does not have a parameter.
func lacks(family, name string) bool {
	_, exists := catalog.FindParameter(family, name)
	return !exists && len(catalog.Parameters(family)) > 0
}

// fixedParameters are the parameters of either family that are fixed at creation, sorted.
func fixedParameters(families ...string) (names []string) {
	for _, family := range families {
		for _, p := range catalog.Parameters(family) {
			if p.AtCreation {
				names = append(names, p.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
