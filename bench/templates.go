package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type object = map[string]any

// templates are those of a cloud assembly, by file name.
func templates(assembly string) (map[string]object, error) {
	files, err := filepath.Glob(filepath.Join(assembly, "*.template.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no templates in %s", assembly)
	}
	found := map[string]object{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var parsed object
		if err := json.Unmarshal(text, &parsed); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		found[filepath.Base(file)] = withoutRemarks(parsed)
	}
	return found, nil
}

// withoutRemarks leaves out what an app says about itself: CDK's count of the constructs in use, and why rules of cdk-nag
// do not hold.
func withoutRemarks(template object) object {
	resources, _ := template["Resources"].(object)
	for id, each := range resources {
		resource := each.(object)
		if resource["Type"] == "AWS::CDK::Metadata" {
			delete(resources, id)
		}
		if metadata, has := resource["Metadata"].(object); has {
			delete(metadata, "cdk_nag")
			if len(metadata) == 0 {
				delete(resource, "Metadata")
			}
		}
	}
	delete(template, "Conditions")
	return template
}

// sameTemplates is nil where two assemblies have the same templates, else an error with the first lines that differ.
func sameTemplates(one, other string) error {
	left, err := templates(one)
	if err != nil {
		return err
	}
	right, err := templates(other)
	if err != nil {
		return err
	}
	a, b := lines(left), lines(right)
	var differences []string
	for i := 0; i < max(len(a), len(b)) && len(differences) < 10; i++ {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			differences = append(differences, fmt.Sprintf("line %d: %s | %s", i+1, at(a, i), at(b, i)))
		}
	}
	if len(differences) > 0 {
		return fmt.Errorf("the templates of %s and %s differ:\n%s", one, other, strings.Join(differences, "\n"))
	}
	return nil
}

// lines have sorted keys, as encoding/json writes maps.
func lines(templates map[string]object) []string {
	text, err := json.MarshalIndent(templates, "", " ")
	if err != nil {
		panic(err) // it was JSON
	}
	return strings.Split(string(text), "\n")
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return strings.TrimSpace(lines[i])
	}
	return "nothing"
}

// size is what a template takes of CloudFormation's limits.
type size struct{ resources, bytes int }

// sizeOf adds up the files of an assembly.
func sizeOf(assembly string, files ...string) (size, error) {
	all, err := templates(assembly)
	if err != nil {
		return size{}, err
	}
	var sum size
	for name, template := range all {
		if len(files) > 0 && !slices.Contains(files, name) {
			continue
		}
		info, err := os.Stat(filepath.Join(assembly, name))
		if err != nil {
			return size{}, err
		}
		sum.resources += len(template["Resources"].(object))
		sum.bytes += int(info.Size())
	}
	return sum, nil
}
