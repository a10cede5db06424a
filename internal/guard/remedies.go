package guard

import (
	"github.com/securebase/cdk-redis-cache/internal/replacement"
	"github.com/securebase/cdk-redis-cache/internal/template"
)

const (
	beside = "create a second cache beside this one with SnapshotName, move the clients, then remove this one"
	cutOut = "change it by the ElastiCache API, and take the replication group out of the stack with `cdk orphan` and back in with " +
		"`cdk import`"
)

// remedy is what to do instead of the change.
func remedy(resourceType, property string, old template.Value) string {
	switch resourceType {
	case replacement.ReplicationGroup:
		if text := groupRemedies[property]; text != "" {
			return text
		}
		return keep(old) + "; or " + beside
	case replacement.ServerlessCache:
		if text := serverlessRemedies[property]; text != "" {
			return text
		}
		return keep(old) + "; or create a second cache beside this one, move the clients, then remove this one"
	case replacement.Secret:
		if property == "Name" {
			return "Keep the name, or read the value before and write it into the new secret"
		}
		return "Keep it; to change the token, rotate it (docs/logins.md)"
	case replacement.User:
		if property == "UserId" || property == "UserName" {
			return "Keep it, and add a second user beside this one until the clients have moved"
		}
		return "Keep it, and add a second user with the new login until the clients have moved"
	case replacement.UserGroup:
		if property == "UserIds" {
			return "Take users out after their clients have moved"
		}
		return "Keep the id: the replication group refers to it"
	}
	return keep(old)
}

func keep(old template.Value) string {
	if !old.Exists() {
		return "Leave it out"
	}
	return "Keep " + old.String()
}

// serverlessRemedies, where keeping the value is not all that there is to say.
var serverlessRemedies = map[string]string{
	"ServerlessCacheName": "Keep the name: set ServerlessCacheName, or keep Name",
	"SnapshotArnsToRestore": "Keep the ARNs of the first deployment, even after those snapshots are deleted: " +
		"ElastiCache reads them only at creation",
	"UserGroupId": "Keep the user group, and change its users",
}

// groupRemedies, where keeping the value is not all that there is to say.
var groupRemedies = map[string]string{
	"ReplicationGroupId":     "Keep the id: set ReplicationGroupId, or keep Name",
	"CacheSubnetGroupName":   "Keep the subnet group: change its subnets in place, or set SubnetGroupName; or " + beside,
	"SnapshotName":           "Leave it as it was at the first deployment, also when the snapshot is gone: it is read at creation only",
	"SnapshotArns":           "Leave them as they were at the first deployment, also when the files are gone: they are read at creation only",
	"DataTieringEnabled":     "Keep a node type with the same data tiering; or " + beside,
	"AuthToken":              "Keep the login; or " + cutOut + " (docs/logins.md)",
	"UserGroupIds":           "Keep the login; or " + cutOut + " (docs/logins.md)",
	"NodeGroupConfiguration": "Leave it out, and change NumNodeGroups and ReplicasPerNodeGroup alone; or " + beside,
	"NumNodeGroups":          "Change the number of shards with UseOnlineResharding only; to turn cluster mode on or off, " + beside,
}
