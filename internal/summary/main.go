// Command summary prints a line for each stack of a cloud assembly: what `make synth` wrote.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	lines, err := summary(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, line := range lines {
		fmt.Println(line)
	}
}

// summary has a line for each stack that the manifest of the assembly names. The directory may have templates of earlier runs,
// too: CDK does not remove them.
func summary(directory string) (lines []string, err error) {
	var manifest struct {
		Artifacts map[string]struct {
			Type       string
			Properties struct{ TemplateFile string }
		}
	}
	if err := readJson(filepath.Join(directory, "manifest.json"), &manifest); err != nil {
		return nil, err
	}
	for _, artifact := range manifest.Artifacts {
		if artifact.Type == "aws:cloudformation:stack" {
			line, err := summarize(filepath.Join(directory, artifact.Properties.TemplateFile))
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return nil, errors.New(directory + " has no stack")
	}
	slices.Sort(lines)
	return lines, nil
}

// summarize names the file of a template, its number of resources, and the engine and nodes of its cache.
func summarize(file string) (string, error) {
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Engine, EngineVersion, MajorEngineVersion, CacheNodeType string
				NumCacheClusters, NumNodeGroups, ReplicasPerNodeGroup    float64
			}
		}
	}
	if err := readJson(file, &template); err != nil {
		return "", err
	}
	line := fmt.Sprintf("%s: %d resources", file, len(template.Resources))
	for _, r := range template.Resources {
		p := r.Properties
		switch {
		case r.Type == "AWS::ElastiCache::ServerlessCache":
			line += fmt.Sprintf(", %s %s serverless", p.Engine, p.MajorEngineVersion)
		case r.Type == "AWS::ElastiCache::ReplicationGroup" && p.NumNodeGroups > 0:
			line += fmt.Sprintf(", %s %s on %g x %g x %s", p.Engine, p.EngineVersion, p.NumNodeGroups, 1+p.ReplicasPerNodeGroup, p.CacheNodeType)
		case r.Type == "AWS::ElastiCache::ReplicationGroup":
			line += fmt.Sprintf(", %s %s on %g x %s", p.Engine, p.EngineVersion, p.NumCacheClusters, p.CacheNodeType)
		}
	}
	return line, nil
}

func readJson(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
