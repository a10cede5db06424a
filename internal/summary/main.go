// Command summary prints a line for each template of a cloud assembly: what `make synth` wrote.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.template.json"))
	if err != nil || len(files) == 0 {
		fmt.Fprintf(os.Stderr, "%s has no template\n", os.Args[1])
		os.Exit(1)
	}
	for _, file := range files {
		line, err := summarize(file)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(line)
	}
}

// summarize names the file, its number of resources, and the engine and nodes of its cache.
func summarize(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Engine, EngineVersion, MajorEngineVersion, CacheNodeType string
				NumCacheClusters, NumNodeGroups, ReplicasPerNodeGroup    float64
			}
		}
	}
	if err := json.Unmarshal(text, &template); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
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
