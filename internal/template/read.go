package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// ReadFile reads a template in JSON, or the answer of `aws cloudformation get-template --output json`.
func ReadFile(path string) (*Template, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the template: %w", err)
	}
	t, err := Parse(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Parse reads a template in JSON, or the answer of `aws cloudformation get-template --output json`: its TemplateBody is an
// object for a template in JSON and text for one in YAML, or for one that CloudFormation could not read.
func Parse(content []byte) (*Template, error) {
	root, err := decode(content)
	if err != nil {
		return nil, err
	}
	body, isAnswer := root["TemplateBody"]
	if !isAnswer {
		return build(root)
	}
	switch body := body.(type) {
	case map[string]any:
		if len(body) == 0 {
			return &Template{}, nil
		}
		return build(body)
	case string:
		if strings.TrimSpace(body) == "" { // a stack whose first change set was never executed
			return &Template{}, nil
		}
		inner, err := decode([]byte(body))
		if err != nil {
			return nil, fmt.Errorf("TemplateBody %w", err)
		}
		return build(inner)
	}
	return nil, errors.New("TemplateBody is neither an object nor text; use the answer of `aws cloudformation get-template --output json`")
}

// yamlLine is how every template in YAML has a line, and no JSON has one.
var yamlLine = regexp.MustCompile(`(?m)^(AWSTemplateFormatVersion|Description|Resources|Parameters|TemplateBody|Transform|StagesAvailable)["']?:`)

const jsonWanted = "use the JSON that CDK writes to cdk.out, or the answer of `aws cloudformation get-template --output json`"

// decode reads one JSON object, with numbers as they are written.
func decode(content []byte) (map[string]any, error) {
	content = bytes.TrimSpace(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")))
	if len(content) == 0 {
		return nil, errors.New("is empty; " + jsonWanted)
	}
	if content[0] != '{' {
		if yamlLine.Match(content) {
			return nil, errors.New("is YAML, which this tool does not read; " + jsonWanted)
		}
		return nil, errors.New("is not a JSON object; " + jsonWanted)
	}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var root map[string]any
	if err := decoder.Decode(&root); err != nil {
		return nil, fmt.Errorf("is broken JSON at byte %d: %w", decoder.InputOffset(), err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("has something after its JSON object, at byte %d", decoder.InputOffset())
	}
	return root, nil
}

// build checks what every template has. A resource whose condition is false is not in the stack.
func build(root map[string]any) (*Template, error) {
	given, isObject := root["Resources"].(map[string]any)
	if !isObject {
		return nil, errors.New("is not a CloudFormation template: it has no Resources; " + jsonWanted)
	}
	t := &Template{resources: make(map[string]*Resource, len(given))}
	t.parameters, _ = root["Parameters"].(map[string]any)
	t.mappings, _ = root["Mappings"].(map[string]any)
	t.conditions, _ = root["Conditions"].(map[string]any)
	for _, id := range slices.Sorted(maps.Keys(given)) {
		if strings.HasPrefix(id, "Fn::") {
			return nil, fmt.Errorf("has %s in its Resources; use the processed template, `get-template --template-stage Processed`", id)
		}
		resource, err := t.newResource(id, given[id])
		if err != nil {
			return nil, err
		}
		entry, _ := given[id].(map[string]any)
		if name, _ := entry["Condition"].(string); (resolver{template: t}).condition(name) == no {
			continue
		}
		t.resources[id] = resource
	}
	return t, nil
}

func (t *Template) newResource(id string, given any) (*Resource, error) {
	entry, _ := given.(map[string]any)
	resourceType, isText := entry["Type"].(string)
	if !isText {
		return nil, fmt.Errorf("is not a CloudFormation template: resource %s has no Type", id)
	}
	r := &Resource{LogicalID: id, Type: resourceType, template: t}
	r.properties, _ = entry["Properties"].(map[string]any)
	r.updatePolicy, _ = entry["UpdatePolicy"].(map[string]any)
	r.DeletionPolicy = policy(entry["DeletionPolicy"])
	r.UpdateReplacePolicy = policy(entry["UpdateReplacePolicy"])
	return r, nil
}

// policy is Delete for every type in the table of what is lost: Snapshot is the default of databases only.
func policy(given any) string {
	if text, isText := given.(string); isText {
		return text
	}
	return "Delete"
}
