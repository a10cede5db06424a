package adopt

import (
	"crypto/md5"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// cdkJSON is an environment with the name of your choice. It starts from the defaults of dev, so a setting that is missing
// would be a guess.
func (a *adoption) cdkJSON() string {
	if !a.found.Complete() {
		a.environment("an environment would have defaults for what is unknown or cannot be taken over; resolve these lines first")
		return ""
	}
	if a.noJSON {
		return ""
	}
	environment := map[string]any{"removalPolicy": "RETAIN", "terminationProtection": true}
	for _, p := range a.props {
		if p.key != "" {
			environment[p.key] = p.value
		}
	}
	if _, tagged := environment["tags"]; !tagged {
		environment["tags"] = map[string]string{} // those of dev are not on the replication group
	}
	return indented(map[string]any{"context": map[string]any{"environments": map[string]any{"adopted": environment}}})
}

// mapping names the one resource of the import.
func (a *adoption) mapping() string {
	group := logicalID(a.options.Construct + "/ReplicationGroup")
	return indented(map[string]any{group: map[string]string{"ReplicationGroupId": a.group.ReplicationGroupId}})
}

func indented(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		panic(err) // maps of texts, numbers and flags
	}
	return text.String()
}

var notInLogicalID = regexp.MustCompile(`[^A-Za-z0-9]`)

// logicalID is how CDK makes a logical id of a path in the stack with two parts or more (aws-cdk-lib, uniqueid): its parts
// without repetitions, and eight digits of the MD5 of the path. "Default" is no part of a path, and "Resource" is not shown.
func logicalID(path string) string {
	var parts []string
	shown, last := "", ""
	for _, part := range strings.Split(path, "/") {
		if part == "Default" {
			continue
		}
		parts = append(parts, part)
		if name := notInLogicalID.ReplaceAllString(part, ""); part != "Resource" && (last == "" || !strings.HasSuffix(last, name)) {
			shown, last = shown+name, name
		}
	}
	return shown + strings.ToUpper(fmt.Sprintf("%x", md5.Sum([]byte(strings.Join(parts, "/"))))[:8])
}
