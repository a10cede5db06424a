package rediscache_test

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
)

// What a change of a property does to a cache that is deployed: CloudFormation replaces a resource when a create-only
// property of it changes, and removes one whose logical id is gone.

// stateful are the types of a cache's resources that hold what is lost with them, or what others hold on to.
var stateful = []string{
	replicationGroup, parameterGroup, subnetGroup, securityGroup, secret, logGroup, replacement.User, replacement.UserGroup,
}

// physicalName is the property with the name of a resource of the type, or empty.
func physicalName(resourceType string) string {
	found, _ := replacement.Find(resourceType)
	return found.PhysicalName
}

// replacements says what an update from one template to the other does to the resources of the cache, sorted:
// "ReplicationGroup replaced by Port" and, for stateful ones, "SlowLog gone".
func replacements(before, after template) []string {
	var found []string
	for id, property := range replaced(before, after) {
		found = append(found, shortID(id)+" replaced by "+property)
	}
	for id, old := range before.Resources {
		if now, kept := after.Resources[id]; slices.Contains(stateful, old.Type) && (!kept || now.Type != old.Type) && isOfCache(id) {
			found = append(found, shortID(id)+" gone")
		}
	}
	slices.Sort(found)
	return found
}

// replaced are the logical ids of what CloudFormation replaces, with the property for which it does: a create-only one
// that changed, or that refers to a resource which is itself replaced.
func replaced(before, after template) map[string]string {
	found := map[string]string{}
	for again := true; again; {
		again = false
		for id, old := range before.Resources {
			now, kept := after.Resources[id]
			if !kept || now.Type != old.Type || !isOfCache(id) || found[id] != "" {
				continue
			}
			if property := replacingProperty(old, now, found); property != "" {
				found[id], again = property, true
			}
		}
	}
	return found
}

// replacingProperty is the property for which a resource is replaced, or empty.
func replacingProperty(old, now resource, replaced map[string]string) string {
	found, _ := replacement.Find(old.Type)
	if property := found.Replaces(old.Properties, now.Properties); property != "" {
		return property
	}
	for _, property := range found.CreateOnly {
		if refersTo(now.Properties[property], replaced) {
			return property
		}
	}
	return ""
}

// refersTo tells whether a value has a Ref or GetAtt of one of the logical ids.
func refersTo(value any, ids map[string]string) bool {
	text := jsonOf(value)
	for id := range ids {
		if strings.Contains(text, `"`+id+`"`) {
			return true
		}
	}
	return false
}

// collisions are the physical names that the update would have to give to a second resource before the first is gone,
// which CloudFormation refuses: of a resource that is replaced and keeps its name, or that has a new logical id.
func collisions(before, after template) []string {
	taken := map[string]string{}
	for id, old := range before.Resources {
		if name, named := old.Properties[physicalName(old.Type)]; named {
			taken[old.Type+" "+jsonOf(name)] = id
		}
	}
	replaced := replaced(before, after)
	var found []string
	for id, now := range after.Resources {
		owner, exists := taken[now.Type+" "+jsonOf(now.Properties[physicalName(now.Type)])]
		if exists && isOfCache(id) && (owner != id || replaced[id] != "") {
			found = append(found, shortID(id))
		}
	}
	slices.Sort(found)
	return found
}

var cacheID = regexp.MustCompile(`^Cache(.*)[0-9A-F]{8}$`)

func isOfCache(id string) bool { return cacheID.MatchString(id) }

// shortID is a logical id without the construct's name and the hash of its path.
func shortID(id string) string { return cacheID.ReplaceAllString(id, "$1") }

func (c change) replacesGroup() bool {
	return slices.ContainsFunc(c.does, func(what string) bool { return strings.HasPrefix(what, "ReplicationGroup replaced") })
}

// Each change does what the table says to the cache that CloudFormation named, and to one with a Name; with the Name,
// a change that replaces the replication group would need the same name twice.
func TestWhatAChangeReplaces(t *testing.T) {
	generated, named := updates(t, nil), updates(t, fixedName)
	for i, c := range changes() {
		t.Run(c.property+"/"+c.change, func(t *testing.T) {
			before, after := generated[i].before, generated[i].after
			require.False(t, reflect.DeepEqual(before, after), "the change has to change something")
			assert.Equal(t, c.does, replacements(before, after))
			assert.Empty(t, collisions(before, after), "a name is needed twice")

			if c.property == "Name" {
				return
			}
			before, after = named[i].before, named[i].after
			assert.Equal(t, c.does, replacements(before, after), "with a Name")
			var refused []string
			if c.replacesGroup() && !c.renamesGroup {
				refused = []string{"ReplicationGroup"}
			}
			assert.Equal(t, refused, collisions(before, after), "names that are needed twice")
		})
	}
}

// The properties whose changes a cache with a Name cannot make: the new group would need the id of the old one.
func TestChangesThatANameMakesImpossible(t *testing.T) {
	impossible := map[string]bool{}
	named := updates(t, fixedName)
	for i, c := range changes() {
		if c.property == "Name" || c.renamesGroup || !c.replacesGroup() {
			continue
		}
		before, after := named[i].before, named[i].after
		id := before.one(t, replicationGroup).Properties["ReplicationGroupId"]
		assert.Equal(t, "securebase-prod-redis", id)
		assert.Equal(t, id, after.one(t, replicationGroup).Properties["ReplicationGroupId"])
		if len(collisions(before, after)) > 0 {
			impossible[c.property] = true
		}
	}
	assert.Equal(t, []string{
		"Authentication", "EncryptionKey", "NodeType", "Port", "SnapshotArns", "SnapshotName", "SubnetGroupName",
	}, slices.Sorted(maps.Keys(impossible)))
}

// An ordinary change leaves every stateful resource as it is. A parameter group of another family and the caller's own
// security group take the place of what was there, under logical ids that say so.
func TestOrdinaryChangesReplaceNothing(t *testing.T) {
	expected := regexp.MustCompile(`^(ParameterGroup[A-Z]\w+|SecurityGroup) gone$`)
	ordinary := 0
	for _, c := range changes() {
		if !c.ordinary {
			continue
		}
		ordinary++
		for _, what := range c.does {
			assert.Regexp(t, expected, what, "%s, %s", c.property, c.change)
			assert.Contains(t, []string{"Engine", "SecurityGroups"}, c.property, c.change)
		}
	}
	t.Logf("%d of %d changes are ordinary", ordinary, len(changes()))
}

func TestEveryPropertyHasAChange(t *testing.T) {
	changed := map[string]bool{}
	for _, c := range changes() {
		changed[c.property] = true
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[props]()) {
		assert.True(t, changed[field.Name], "no change of %s in the table", field.Name)
		delete(changed, field.Name)
	}
	assert.Equal(t, []string{"AddUser", "AutoScaleNodeGroups", "AutoScaleReplicas", "ConnectClient", "ConnectFunction", "GrantConnect"},
		slices.Sorted(maps.Keys(changed)),
		"methods that change the template")
}

// A logical id is an external contract: another one would remove the resource of every cache that is deployed.
func TestLogicalIDsOfStatefulResources(t *testing.T) {
	want := map[string]string{
		"CacheAuthToken04672416":            secret,
		"CacheConnection8F83CF9B":           secret,
		"CacheEngineLogFEAEB291":            logGroup,
		"CacheParameterGroupRedis7BFA3A34C": parameterGroup,
		"CacheReplicationGroupBFE59FF3":     replicationGroup,
		"CacheSecurityGroup79A9F160":        securityGroup,
		"CacheSlowLog43E55961":              logGroup,
		"CacheSubnetGroup355C216D":          subnetGroup,
	}
	for _, name := range []*string{nil, fixedName} {
		made := templateOf(t, func(p *props) { p.Name = name })
		got := map[string]string{}
		for id, r := range made.Resources {
			if slices.Contains(stateful, r.Type) && isOfCache(id) {
				got[id] = r.Type
			}
		}
		assert.Equal(t, want, got, "with a Name: %t", name != nil)
	}
}
