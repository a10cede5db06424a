package template

import (
	"regexp"
	"strconv"
	"strings"
)

// join concatenates text; a list that only CloudFormation knows is joined there.
func (r resolver) join(argument any) any {
	parts, _ := argument.([]any)
	if len(parts) != 2 {
		return r.unknown("Fn::Join", argument)
	}
	delimiter, isText := r.resolve(parts[0]).(string)
	list, isList := r.resolve(parts[1]).([]any)
	if !isText || !isList {
		return r.unknown("Fn::Join", argument)
	}
	texts := make([]string, len(list))
	for i, element := range list {
		text, isText := element.(string)
		if !isText {
			return r.unknown("Fn::Join", argument)
		}
		texts[i] = text
	}
	return strings.Join(texts, delimiter)
}

// substitution is "${...}" in the text of Fn::Sub.
var substitution = regexp.MustCompile(`\$\{([^}]*)\}`)

// sub replaces the variables; "${!Literal}" stays as it is, which is how this package writes a literal "${".
func (r resolver) sub(argument any) any {
	text, isText := argument.(string)
	var variables map[string]any
	if parts, isList := argument.([]any); isList && len(parts) == 2 {
		text, isText = parts[0].(string)
		variables, _ = parts[1].(map[string]any)
	}
	if !isText {
		return r.unknown("Fn::Sub", argument)
	}
	complete := true
	replaced := substitution.ReplaceAllStringFunc(text, func(call string) string {
		name := strings.TrimSpace(call[2 : len(call)-1])
		var value any
		given, isVariable := variables[name]
		switch {
		case strings.HasPrefix(name, "!"):
			return call
		case isVariable:
			value = r.resolve(given)
		case strings.Contains(name, ".") && !strings.Contains(name, "::"):
			value = "${" + name + "}"
		default:
			value = r.ref(name)
		}
		found, isText := value.(string)
		complete = complete && isText
		return found
	})
	if !complete {
		return r.unknown("Fn::Sub", argument)
	}
	return replaced
}

func (r resolver) selected(argument any) any {
	parts, _ := argument.([]any)
	if len(parts) != 2 {
		return r.unknown("Fn::Select", argument)
	}
	index, _ := r.resolve(parts[0]).(string)
	list, _ := r.resolve(parts[1]).([]any)
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(list) {
		return r.unknown("Fn::Select", argument)
	}
	return list[i]
}

// split needs literal text: a reference may hold the delimiter.
func (r resolver) split(argument any) any {
	parts, _ := argument.([]any)
	if len(parts) != 2 {
		return r.unknown("Fn::Split", argument)
	}
	delimiter, isText := r.resolve(parts[0]).(string)
	text, isLiteral := Value{r.resolve(parts[1])}.Literal()
	if !isText || !isLiteral || delimiter == "" {
		return r.unknown("Fn::Split", argument)
	}
	list := []any{}
	for _, part := range strings.Split(text, delimiter) {
		list = append(list, Text(part).tree)
	}
	return list
}

// findInMap looks up literal keys. The content of the map is part of an unknown call, so that a changed map is a change.
func (r resolver) findInMap(argument any) any {
	keys, _ := r.resolve(argument).([]any)
	if len(keys) != 3 {
		return r.unknown("Fn::FindInMap", argument)
	}
	found := any(r.template.mappings)
	for i, key := range keys {
		text, isLiteral := Value{key}.Literal()
		level, _ := found.(map[string]any)
		element, exists := level[text]
		if !isLiteral || !exists {
			return "${Fn::FindInMap " + encode([]any{r.resolve(found), keys[i:]}) + "}"
		}
		found = element
	}
	return r.resolve(found)
}
