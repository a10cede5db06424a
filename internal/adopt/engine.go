package adopt

import (
	"fmt"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

// engine: the replication group has the engine since 2024, the version is on the nodes only. The API prints patch numbers.
func (a *adoption) engine() {
	engine := a.group.Engine
	if engine == "" {
		engine = a.ofNodes("Engine", func(node cacheCluster) string { return node.Engine })
	}
	full := a.ofNodes("EngineVersion", func(node cacheCluster) string { return node.EngineVersion })
	if engine == "" || full == "" {
		return
	}
	a.addAutoMinorVersionUpgrade()
	version, known := a.findVersion(engine, full)
	parsed, isVersion := catalog.ParseVersion(full)
	switch {
	case engine != catalog.Redis && engine != catalog.Valkey:
		a.cannot("Engine: %q is not an engine of RedisCache", engine)
	case engine == catalog.Redis && isVersion && parsed.Before(catalog.Version{Major: 6}):
		a.cannot("Engine: RedisCache has Redis 6.0 and newer, not %s; upgrade the replication group first", full)
	case !known:
		a.unknown("Engine: %s %s is not in the tables of this tool; give its parameter group family to rediscache.EngineVersion_Of", engine,
			full)
	default:
		name := fmt.Sprintf("rediscache.EngineVersion_%s_%s()", strings.ToUpper(engine), strings.ReplaceAll(version, ".", "_"))
		a.add(prop{name: "Engine", code: name, packages: []string{rediscachePackage}, key: "engine", value: engine})
		a.add(prop{key: "engineVersion", value: version})
	}
}

// findVersion takes the patch number off: "7.1.0" is 7.1, as CloudFormation wants it from Redis 6 on.
func (a *adoption) findVersion(engine, full string) (version string, known bool) {
	parsed, ok := catalog.ParseVersion(full)
	if !ok {
		return full, false
	}
	_, known = catalog.FindEngine(engine, parsed.String())
	return parsed.String(), known
}

func (a *adoption) addAutoMinorVersionUpgrade() {
	if a.group.AutoMinorVersionUpgrade == nil {
		a.unknown("AutoMinorVersionUpgrade: the replication group does not say it")
		return
	}
	a.flag("AutoMinorVersionUpgrade", "autoMinorVersionUpgrade", *a.group.AutoMinorVersionUpgrade)
}

// family is the parameter group family of the version; empty where it is unknown.
func (a *adoption) family() string {
	if len(a.nodes) == 0 {
		return ""
	}
	engine := orAsk(a.group.Engine, a.nodes[0].Engine)
	version, _ := a.findVersion(engine, a.nodes[0].EngineVersion)
	known, _ := catalog.FindEngine(engine, version)
	return known.Family
}
