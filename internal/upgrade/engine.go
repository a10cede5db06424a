package upgrade

import (
	"math"
	"slices"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
	"github.com/securebase/cdk-redis-cache/internal/replacement"
)

func (u *upgrade) engineChanges() bool { return u.changes("Engine", "EngineVersion") }

func (u *upgrade) checkEngine() {
	if !u.engineChanges() {
		return
	}
	from, to := u.before, u.after
	change := Change{"Engine", from.name(), to.name()}
	if len(catalog.EngineVersions(to.engine)) == 0 {
		u.refuse(change, "%q is not an engine of replication groups; use \"redis\" or \"valkey\"", to.engine)
		return
	}
	switch {
	case from.engine == to.engine && isOlder(to.parsedVersion(), from.parsedVersion()):
		u.refuse(change, "ElastiCache does not go back to an older version; create a new cache of that version, and move the clients")
	case from.engine == catalog.Valkey && to.engine == catalog.Redis:
		u.checkRollback(change)
	}
	if !to.inCatalog {
		u.check("%s is not in the tables of this tool; check that ElastiCache offers it: aws elasticache describe-cache-engine-versions "+
			"--engine %s",
			to.name(), to.engine)
	}
}

// checkServerless: ElastiCache has answered "This API supports only cross-engine upgrades to Valkey engine currently"
// (terraform-provider-aws #39711). No more is known of serverless caches.
func (u *upgrade) checkServerless() {
	engine := u.change("Engine")
	if engine.Old == `"valkey"` && engine.New == `"redis"` {
		u.refuse(engine, "ElastiCache has been seen to change the engine of a serverless cache to Valkey only; create a new cache, and move "+
			"the clients")
		return
	}
	u.plan.Unknown = []string{"this tool has no rules for the engine of a serverless cache; CloudFormation changes it in place " +
		"(registry schema)"}
}

// isOlder leaves out 6.x, which is the newest 6 and so not older than any.
func isOlder(version, than catalog.Version) bool {
	if version.Major == than.Major && (version.Minor == math.MaxInt || than.Minor == math.MaxInt) {
		return false
	}
	return version.Before(than)
}

// checkRollback: one version of Valkey goes back to one version of Redis, if its users can.
func (u *upgrade) checkRollback(change Change) {
	if u.before.known.RollsBackTo != u.after.name() || !u.before.inCatalog {
		u.refuse(change, "only valkey 7.2 goes back to Redis, to redis 7.1; create a new cache, and move the clients")
		return
	}
	groups := u.after.group.Property("UserGroupIds")
	for _, id := range u.after.template.LogicalIDs() {
		resource := u.after.template.Resource(id)
		if resource.Type != replacement.UserGroup && resource.Type != replacement.User {
			continue
		}
		if engine, _ := resource.Property("Engine").Literal(); engine == catalog.Valkey && u.logsIn(resource.LogicalID) {
			u.refuse(Change{id + " Engine", `"valkey"`, `"redis"`}, "the users of a cache that goes back to Redis have to be of engine "+
				"redis; attach a user group of engine redis first")
		}
	}
	if groups.Exists() && len(u.userGroups()) == 0 {
		u.check("the user group %s is not in the template; it and its users have to be of engine redis", groups)
	}
}

// userGroups are the logical ids of the group's user groups in the template.
func (u *upgrade) userGroups() (ids []string) {
	attached := u.after.group.Property("UserGroupIds")
	for _, group := range u.after.template.OfType(replacement.UserGroup) {
		for _, element := range attached.Elements() {
			if element.Equal(group.Property("UserGroupId")) || slices.Contains(element.References(), group.LogicalID) {
				ids = append(ids, group.LogicalID)
			}
		}
	}
	return ids
}

// logsIn reports whether a user group is attached, or a user is in one that is.
func (u *upgrade) logsIn(id string) bool {
	groups := u.userGroups()
	if slices.Contains(groups, id) {
		return true
	}
	userID := u.after.template.Resource(id).Property("UserId")
	return slices.ContainsFunc(groups, func(group string) bool {
		members := u.after.template.Resource(group).Property("UserIds").Elements()
		for _, member := range members {
			if member.Equal(userID) {
				return true
			}
		}
		return false
	})
}
