package rediscache

import (
	"math"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
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

// EngineVersion_Of is a version that this package has no function for. The family may be nil for a version that it
// knows. It never panics: NewRedisCache reports what is wrong.
func EngineVersion_Of(engine *string, version *string, family *string) EngineVersion {
	v := engineVersion{ptr.Value(engine), ptr.Value(version), ptr.Value(family)}
	if family == nil {
		v.family = v.knownFamily()
	}
	return v
}

type engineVersion struct{ engine, version, family string }

func (v engineVersion) Engine() *string  { return &v.engine }
func (v engineVersion) Version() *string { return &v.version }
func (v engineVersion) Family() *string  { return &v.family }

// String is the engine as messages name it: "valkey 8.0".
func (v engineVersion) String() string { return v.engine + " " + v.version }

// lookup finds what the catalog knows of a version. Of one that it does not have, it assumes what is true of the newest
// older one; of a token, what is true of the newest.
func (v engineVersion) lookup() (known catalog.Engine, ok bool) {
	if known, ok := catalog.FindEngine(v.engine, v.version); ok && known.Family == v.family {
		return known, true
	}
	version, isVersion := catalog.ParseVersion(v.version)
	if !isVersion {
		version = catalog.Version{Major: math.MaxInt}
	}
	nearest, isEngine := catalog.NearestEngine(v.engine, version)
	if !isEngine {
		return catalog.Engine{SlowLog: true, EngineLog: true}, false
	}
	return nearest, false
}

// knownFamily is the family of the version in the catalog, or empty.
func (v engineVersion) knownFamily() string {
	known, _ := catalog.FindEngine(v.engine, v.version)
	return known.Family
}

// alternatives lists the versions of the engine that a RedisCache can have.
func (v engineVersion) alternatives() string {
	var versions []string
	for _, text := range catalog.EngineVersions(v.engine) {
		if version, ok := catalog.ParseVersion(text); ok && !version.Before(oldestRedis) {
			versions = append(versions, text)
		}
	}
	return check.Either(versions)
}

// familyFits reports whether a family that the catalog does not have is of the version's engine and major: "valkey10".
func (v engineVersion) familyFits() bool {
	major, _, _ := strings.Cut(v.version, ".")
	return strings.TrimSuffix(v.family, ".x") == v.engine+major
}

// before reports whether the version is older than the other. A token is older than nothing.
func (v engineVersion) before(other catalog.Version) bool {
	own, ok := catalog.ParseVersion(v.version)
	return ok && own.Before(other)
}
