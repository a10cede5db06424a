package rediscache

import (
	"strconv"
	"strings"
	"sync"
)

// EngineVersion is an engine, its version and its parameter group family.
type EngineVersion interface {
	// Engine is "redis" or "valkey".
	Engine() *string
	// Version is the major and minor version, such as "7.1".
	Version() *string
	// Family is the parameter group family, such as "redis7".
	Family() *string
}

// EngineVersion_Of is a version that has no constant here, because AWS added it later: engine "redis" or "valkey",
// version such as "10.0", family such as "valkey10". Of a version that has one, the family may be nil. The three have to
// fit together, or NewRedisCache refuses them.
func EngineVersion_Of(engine, version, family *string) EngineVersion {
	e := engineVersion{value(engine), value(version), value(family)}
	if family == nil {
		e.family = e.knownFamily()
	}
	return e
}

type engineVersion struct{ engine, version, family string }

func (e engineVersion) Engine() *string  { return &e.engine }
func (e engineVersion) Version() *string { return &e.version }
func (e engineVersion) Family() *string  { return &e.family }

// String is the engine as messages name it: "valkey 8.0".
func (e engineVersion) String() string { return e.engine + " " + e.version }

// knownEngine is a row of tables/engine-versions.csv.
type knownEngine struct {
	engineVersion
	slowLog, engineLog   bool
	endOfStandardSupport string // a date, or empty where AWS has published none
}

var knownEngines = sync.OnceValue(func() map[engineVersion]knownEngine {
	known := map[engineVersion]knownEngine{}
	mustParseTable("engine-versions", engineVersionsCsv, func(column map[string]string) {
		row := knownEngine{
			engineVersion:        engineVersion{column["engine"], column["version"], column["parameter_group_family"]},
			slowLog:              column["slow_log"] == "true",
			engineLog:            column["engine_log"] == "true",
			endOfStandardSupport: column["end_of_standard_support"],
		}
		known[row.engineVersion] = row
	})
	return known
})

// lookup finds what is known of a version. One that is not in our table has the slow log, and from Redis 6.2 on the
// engine log too.
func (e engineVersion) lookup() knownEngine {
	if known, ok := knownEngines()[e]; ok {
		return known
	}
	return knownEngine{engineVersion: e, slowLog: true, engineLog: e.engine != "redis" || !e.before(6, 2)}
}

// knownFamily is the family of an engine and version in the table, or empty.
func (e engineVersion) knownFamily() string {
	for known := range knownEngines() {
		if known.engine == e.engine && known.version == e.version {
			return known.family
		}
	}
	return ""
}

// major is the number before the first dot of the version, or -1.
func (e engineVersion) major() int {
	first, _, _ := strings.Cut(e.version, ".")
	if major, err := strconv.Atoi(first); err == nil {
		return major
	}
	return -1
}

// before tells whether the version is older than major.minor. "6.x" is the newest 6; a token is older than nothing.
func (e engineVersion) before(major, minor int) bool {
	if own := e.major(); own != major {
		return own >= 0 && own < major
	}
	_, rest, _ := strings.Cut(e.version, ".")
	rest, _, _ = strings.Cut(rest, ".")
	own, err := strconv.Atoi(rest)
	return err == nil && own < minor
}
