package catalog

import (
	"slices"
	"sync"
)

// The engines of replication groups.
const (
	Redis  = "redis"
	Valkey = "valkey"
)

// Engine is a version of an engine that ElastiCache offers.
type Engine struct {
	Name                 string // Redis or Valkey
	Version              string // "7.1"; "6.x" is AWS's alias for the newest 6
	Family               string // of its parameter groups, such as "redis7"
	SlowLog              bool   // delivers slow logs
	EngineLog            bool   // delivers engine logs
	Users                bool   // has users and user groups (RBAC)
	Iam                  bool   // authenticates users with IAM
	RollsBackTo          string // the other engine's version that it can go back to, such as "redis 7.1"; empty: none
	EndOfStandardSupport string // a date such as "2027-01-31"; empty where AWS publishes none
}

type engineKey struct{ name, version string }

var engines = sync.OnceValues(func() ([]Engine, map[engineKey]Engine) {
	rows := readTable("engine-versions.csv", engineVersionsCsv)
	engines := parseEngines(rows)
	return engines, index(rows, engines, func(e Engine) engineKey { return engineKey{e.Name, e.Version} })
})

func parseEngines(rows []row) (engines []Engine) {
	for _, r := range rows {
		if r.version("version") == (Version{}) {
			r.panicf("version is empty")
		}
		engines = append(engines, Engine{
			Name:                 r.oneOf("engine", Redis, Valkey),
			Version:              r.required("version"),
			Family:               r.required("parameter_group_family"),
			SlowLog:              r.flag("slow_log"),
			EngineLog:            r.flag("engine_log"),
			Users:                r.flag("users"),
			Iam:                  r.flag("iam_auth"),
			RollsBackTo:          r.text("rolls_back_to"),
			EndOfStandardSupport: r.text("end_of_standard_support"),
		})
	}
	return engines
}

// Engines returns all engine versions in the order of the table: Redis, then Valkey, each from the oldest up.
func Engines() []Engine {
	all, _ := engines()
	return slices.Clone(all)
}

// FindEngine returns the engine version of exactly this name and version, such as "redis" and "7.1".
func FindEngine(name, version string) (Engine, bool) {
	_, byKey := engines()
	engine, ok := byKey[engineKey{name, version}]
	return engine, ok
}

// NearestEngine returns the newest version of the table that is not newer than the given one: the best guess at what a
// version that the table lacks can do.
func NearestEngine(name string, version Version) (nearest Engine, ok bool) {
	all, _ := engines()
	var newest Version
	for _, engine := range all {
		parsed, _ := ParseVersion(engine.Version)
		if engine.Name == name && !version.Before(parsed) && newest.Before(parsed) {
			nearest, newest, ok = engine, parsed, true
		}
	}
	return nearest, ok
}

// EngineVersions returns the versions of one engine, the oldest first.
func EngineVersions(name string) (versions []string) {
	all, _ := engines()
	for _, engine := range all {
		if engine.Name == name {
			versions = append(versions, engine.Version)
		}
	}
	slices.SortStableFunc(versions, func(a, b string) int {
		v, _ := ParseVersion(a)
		w, _ := ParseVersion(b)
		return v.compare(w)
	})
	return versions
}
