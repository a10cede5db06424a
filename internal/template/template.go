// Package template reads CloudFormation templates and resolves their values as far as CloudFormation could without an
// account. It imports no CDK package.
package template

import (
	"maps"
	"slices"
	"strings"
)

// Template is a CloudFormation template.
type Template struct {
	resources  map[string]*Resource
	parameters map[string]any
	mappings   map[string]any
	conditions map[string]any
}

// Resource is a resource of a template.
type Resource struct {
	LogicalID string
	// Type such as "AWS::ElastiCache::ReplicationGroup".
	Type string
	// DeletionPolicy is what happens when the resource leaves the stack; "Delete" where the template has none.
	DeletionPolicy string
	// UpdateReplacePolicy is what happens to the old resource when it is replaced; "Delete" where the template has none.
	UpdateReplacePolicy string

	template     *Template
	properties   map[string]any
	updatePolicy map[string]any
}

// LogicalIDs returns the ids of all resources, sorted. A resource whose condition is false without an account is left out.
func (t *Template) LogicalIDs() []string { return slices.Sorted(maps.Keys(t.resources)) }

// Resource returns the resource of this id, or nil.
func (t *Template) Resource(logicalID string) *Resource { return t.resources[logicalID] }

// OfType returns the resources of a type, in the order of their ids.
func (t *Template) OfType(resourceType string) (found []*Resource) {
	for _, id := range t.LogicalIDs() {
		if t.resources[id].Type == resourceType {
			found = append(found, t.resources[id])
		}
	}
	return found
}

// Property returns the resolved value of a property; see [Value]. A slash leads into a property, as in "DnsOptions/PrivateDnsPreference".
func (r *Resource) Property(path string) Value {
	names := strings.Split(path, "/")
	value := Value{resolver{template: r.template}.resolve(r.properties[names[0]])}
	for _, name := range names[1:] {
		value = value.Entries()[name]
	}
	return value
}

// Properties returns the names of the properties that have a value, sorted.
func (r *Resource) Properties() (names []string) {
	for _, name := range slices.Sorted(maps.Keys(r.properties)) {
		if r.Property(name).Exists() {
			names = append(names, name)
		}
	}
	return names
}

// UpdatePolicy returns the resolved value of an attribute of the update policy, such as "UseOnlineResharding".
func (r *Resource) UpdatePolicy(name string) Value {
	return Value{resolver{template: r.template}.resolve(r.updatePolicy[name])}
}
