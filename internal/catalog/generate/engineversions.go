package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

var titles = map[string]string{catalog.Redis: "Redis", catalog.Valkey: "Valkey"}

// engineVersions returns the versions that get a function: those that deliver slow logs, as the construct needs, without
// the alias 6.x, which names no version.
func engineVersions() (supported []catalog.Engine) {
	for _, engine := range catalog.Engines() {
		if version, _ := catalog.ParseVersion(engine.Version); engine.SlowLog && version.Minor != math.MaxInt {
			supported = append(supported, engine)
		}
	}
	return supported
}

func oldestVersion(engine string) (oldest catalog.Version) {
	for _, e := range engineVersions() {
		if version, _ := catalog.ParseVersion(e.Version); e.Name == engine && (oldest == catalog.Version{} || version.Before(oldest)) {
			oldest = version
		}
	}
	return oldest
}

func engineVersionFunctions() (functions []string) {
	for _, e := range engineVersions() {
		function := "EngineVersion_" + strings.ToUpper(e.Name) + "_" + strings.ReplaceAll(e.Version, ".", "_")
		functions = append(functions, fmt.Sprintf("// %s is %s\nfunc %s() EngineVersion { return engineVersion{%q, %q, %q} }\n",
			function, describeEngine(e), function, e.Name, e.Version, e.Family))
	}
	return functions
}

// describeEngine returns one or two lines of a comment: "Redis 7.1, of the family redis7. ..."
func describeEngine(e catalog.Engine) string {
	sentences := []string{fmt.Sprintf("%s %s, of the parameter group family %s.", titles[e.Name], e.Version, e.Family)}
	if versions := catalog.EngineVersions(e.Name); versions[len(versions)-1] == e.Version {
		sentences = append(sentences, fmt.Sprintf("It is the newest %s of ElastiCache.", titles[e.Name]))
	}
	if !e.EngineLog {
		sentences = append(sentences, "It delivers no engine log.")
	}
	if !e.Iam {
		sentences = append(sentences, "It has no IAM authentication.")
	}
	if engine, version, rolls := strings.Cut(e.RollsBackTo, " "); rolls {
		sentences = append(sentences, fmt.Sprintf("It can go back to %s %s.", titles[engine], version))
	}
	if e.EndOfStandardSupport != "" {
		sentences = append(sentences, fmt.Sprintf("AWS ends its standard support on %s.", e.EndOfStandardSupport))
	}
	return sentences[0] + strings.TrimSuffix("\n// "+strings.Join(sentences[1:], " "), "\n// ")
}
