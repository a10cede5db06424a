package serverlesscache

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
	"github.com/securebase/cdk-redis-cache/internal/warning"
)

// engine is Engine and MajorEngineVersion.
type engine struct{ name, major string }

func newEngine(props *ServerlessCacheProps) engine {
	e := engine{name: ptr.Or(props.Engine, catalog.Valkey)}
	e.major = ptr.Or(props.MajorEngineVersion, map[string]string{catalog.Redis: "7"}[e.name])
	if e.major == "" && props.MajorEngineVersion == nil {
		e.major = "8"
	}
	return e
}

var majorPattern = regexp.MustCompile(`^[1-9]\d*$`)

// majors are the known major versions of an engine, the oldest first. Serverless caches began with Redis 7 and Valkey 7,
// which are the first with IAM authentication too.
func majors(engine string) (known []string) {
	for _, version := range catalog.EngineVersions(engine) {
		found, _ := catalog.FindEngine(engine, version)
		major, _, _ := strings.Cut(version, ".")
		if found.Iam && !slices.Contains(known, major) {
			known = append(known, major)
		}
	}
	return known
}

func (e engine) check(r *check.Report) {
	if !r.Text("Engine", e.name).OneOf("an engine of this construct", catalog.Valkey, catalog.Redis).Known() {
		return
	}
	known := majors(e.name)
	oldest, _ := catalog.ParseVersion(known[0] + ".0")
	version, _ := catalog.ParseVersion(e.major + ".0")
	r.Text("MajorEngineVersion", e.major).
		Matches(majorPattern, "is not a major version; use %s", check.Either(known)).
		When(version.Before(oldest), "is older than any serverless cache of %s; use %s", e.name, check.Either(known))
}

func (e engine) warn(w warning.Target) {
	unknown := !check.IsToken(e.name) && !check.IsToken(e.major) && !slices.Contains(majors(e.name), e.major)
	w.WarnIf(unknown, "engineUnknown", "MajorEngineVersion: %s %s was not known when this version of the construct was made", e.name, e.major)
}

func (e engine) apply(p *awselasticache.CfnServerlessCacheProps) {
	p.Engine = &e.name
	p.MajorEngineVersion = &e.major
}
