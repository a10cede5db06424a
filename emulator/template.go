package emulator

// Template is a CloudFormation template.
type Template map[string]any

// resource is a resource of a Template.
type resource map[string]any

// resources by logical id.
func (t Template) resources() map[string]resource {
	found := map[string]resource{}
	all, _ := t["Resources"].(map[string]any)
	for id, r := range all {
		found[id] = r.(map[string]any)
	}
	return found
}

func (r resource) is(resourceType string) bool { return r["Type"] == resourceType }

// properties of the resource; nil if it has none.
func (r resource) properties() map[string]any {
	properties, _ := r["Properties"].(map[string]any)
	return properties
}
