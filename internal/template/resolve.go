package template

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/replacement"
)

// resolver resolves the values of one template. resolving are the resources and conditions on the way here: CloudFormation
// refuses a circular template, and a broken one must not hang the tool.
type resolver struct {
	template  *Template
	resolving []string
}

func (r resolver) entering(what string) (resolver, bool) {
	if slices.Contains(r.resolving, what) {
		return r, false
	}
	return resolver{r.template, append(slices.Clone(r.resolving), what)}, true
}

// resolve returns nil, text, a list or a map; see [Value].
func (r resolver) resolve(raw any) any {
	switch raw := raw.(type) {
	case string:
		return strings.ReplaceAll(raw, "${", "${!")
	case bool:
		return strconv.FormatBool(raw)
	case json.Number:
		return number(raw)
	case []any:
		return r.list(raw)
	case map[string]any:
		if name, argument, is := intrinsic(raw); is {
			return r.intrinsic(name, argument)
		}
		object := make(map[string]any, len(raw))
		for key, element := range raw {
			if resolved := r.resolve(element); resolved != nil {
				object[key] = resolved
			}
		}
		return object
	}
	return nil
}

// list leaves out what is AWS::NoValue.
func (r resolver) list(raw []any) []any {
	list := []any{}
	for _, element := range raw {
		if resolved := r.resolve(element); resolved != nil {
			list = append(list, resolved)
		}
	}
	return list
}

// number makes 6379, 6379.0 and 6.379e3 one text. A number that a float64 may not hold stays as it is written.
func number(raw json.Number) string {
	const exact = 1 << 53
	value, err := raw.Float64()
	if err != nil || value >= exact || value <= -exact {
		return raw.String()
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}

// intrinsic tells a function call from an object: it has one key, Ref or Fn::something.
func intrinsic(object map[string]any) (name string, argument any, is bool) {
	if len(object) != 1 {
		return "", nil, false
	}
	for name, argument = range object {
	}
	return name, argument, name == "Ref" || strings.HasPrefix(name, "Fn::")
}

func (r resolver) intrinsic(name string, argument any) any {
	switch name {
	case "Ref":
		id, _ := argument.(string)
		return r.ref(id)
	case "Fn::GetAtt":
		return r.getAtt(argument)
	case "Fn::Join":
		return r.join(argument)
	case "Fn::Sub":
		return r.sub(argument)
	case "Fn::Select":
		return r.selected(argument)
	case "Fn::Split":
		return r.split(argument)
	case "Fn::If":
		return r.conditional(argument)
	case "Fn::FindInMap":
		return r.findInMap(argument)
	case "Fn::GetAZs":
		if argument == "" { // the region of the stack
			argument = map[string]any{"Ref": "AWS::Region"}
		}
	}
	return r.unknown(name, argument)
}

// unknown is a call that only CloudFormation can make. Two are equal when their arguments are.
func (r resolver) unknown(name string, argument any) string {
	return "${" + name + " " + encode(r.resolve(argument)) + "}"
}

func (r resolver) ref(id string) any {
	if id == "AWS::NoValue" {
		return nil
	}
	// A parameter keeps the value that it was deployed with, whatever its default becomes (`cdk deploy`, previous parameters).
	if _, is := r.template.parameters[id]; is {
		return "${Parameter::" + id + "}"
	}
	if name, known := r.physicalName(id); known {
		return name
	}
	return "${" + id + "}"
}

// physicalName is what Ref returns of a resource that the template names.
func (r resolver) physicalName(id string) (string, bool) {
	resource := r.template.resources[id]
	inner, ok := r.entering(id)
	if resource == nil || !ok {
		return "", false
	}
	name, isText := inner.resolve(resource.properties[refersBy[resource.Type]]).(string)
	return name, isText
}

// refersBy is the property that Ref returns, of the types whose Ref is a name. Ref of a user is its name and not its id.
var refersBy = map[string]string{
	replacement.ReplicationGroup: "ReplicationGroupId",
	replacement.ServerlessCache:  "ServerlessCacheName",
	replacement.SubnetGroup:      "CacheSubnetGroupName",
	replacement.User:             "UserName",
	replacement.UserGroup:        "UserGroupId",
	replacement.LogGroup:         "LogGroupName",
}

func (r resolver) getAtt(argument any) any {
	if text, isText := argument.(string); isText {
		return "${" + text + "}"
	}
	parts, _ := argument.([]any)
	if len(parts) == 2 {
		id, isID := parts[0].(string)
		attribute, isText := r.resolve(parts[1]).(string)
		if isID && isText {
			return "${" + id + "." + attribute + "}"
		}
	}
	return r.unknown("Fn::GetAtt", argument)
}
