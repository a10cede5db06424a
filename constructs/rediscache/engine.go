package rediscache

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticache"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// engine is Engine, AutoMinorVersionUpgrade, MaxmemoryPolicy, SlowLogThreshold and Parameters.
type engine struct {
	version                 engineVersion
	autoMinorVersionUpgrade bool
	maxmemoryPolicy         string
	slowLog                 slowLogThreshold
	parameters              map[string]*string // as given
	clusterMode             bool
}

// slowLogThreshold is SlowLogThreshold in microseconds, the unit of slowlog-log-slower-than.
type slowLogThreshold struct {
	microseconds float64
	unresolved   bool
}

const (
	maxmemoryPolicyParameter = "maxmemory-policy"
	slowLogParameter         = "slowlog-log-slower-than"
)

// oldestRedis is the first version that delivers a slow log (log delivery, user guide). AUTH and TLS are older.
var oldestRedis = catalog.Version{Major: 6, Minor: 0}

func newEngine(props *RedisCacheProps) engine {
	given := ptr.OrDefault(props.Engine, EngineVersion_REDIS_7_1())
	e := engine{
		version:                 engineVersion{ptr.Value(given.Engine()), ptr.Value(given.Version()), ptr.Value(given.Family())},
		autoMinorVersionUpgrade: ptr.Or(props.AutoMinorVersionUpgrade, true),
		maxmemoryPolicy:         string(ptr.OrDefault(props.MaxmemoryPolicy, MaxmemoryPolicy_ALLKEYS_LRU)),
		slowLog:                 slowLogThreshold{microseconds: 10_000},
		parameters:              maps.Clone(ptr.Value(props.Parameters)),
		clusterMode:             props.ClusterMode != nil,
	}
	if props.SlowLogThreshold != nil {
		e.slowLog = slowLogOf(props.SlowLogThreshold)
	}
	return e
}

func slowLogOf(threshold awscdk.Duration) slowLogThreshold {
	if *threshold.IsUnresolved() {
		return slowLogThreshold{unresolved: true}
	}
	milliseconds := *threshold.ToMilliseconds(&awscdk.TimeConversionOptions{Integral: ptr.To(false)})
	return slowLogThreshold{microseconds: milliseconds * 1000}
}

// allParameters are those that the construct always sets, overridden by the given ones.
func (e engine) allParameters() map[string]*string {
	all := map[string]*string{
		maxmemoryPolicyParameter: &e.maxmemoryPolicy,
		slowLogParameter:         ptr.To(strconv.FormatFloat(e.slowLog.microseconds, 'f', -1, 64)),
	}
	if e.clusterMode {
		all["cluster-enabled"] = ptr.To("yes")
	}
	maps.Copy(all, e.parameters)
	return all
}

// effectiveMaxmemoryPolicy is the one that the parameter group ends up with.
func (e engine) effectiveMaxmemoryPolicy() string {
	return ptr.Value(e.allParameters()[maxmemoryPolicyParameter])
}

var versionPattern = regexp.MustCompile(`^\d+\.(\d+|x)(\.\d+)?$`)

func (e engine) check(r *check.Report) {
	e.checkVersion(r)
	policies, _ := catalog.FindParameter("redis7", maxmemoryPolicyParameter)
	r.Text("MaxmemoryPolicy", e.maxmemoryPolicy).
		When(!policies.Accepts(e.maxmemoryPolicy), "is not a maxmemory-policy; use %s", policies.Describe())
	e.slowLog.check(r)
	e.checkParameters(r)
}

func (e engine) checkVersion(r *check.Report) {
	v := e.version
	switch {
	case v.engine == "" || v.version == "":
		r.Add("Engine", v.String(), "lacks an engine or a version; use EngineVersion_Of(\"valkey\", \"8.1\", nil)")
		return
	case check.IsToken(v.family):
		r.Add("Engine", nil, "has a token as its family, which is part of a logical id; pass it as a literal")
		return
	case check.IsToken(v.engine) || check.IsToken(v.version):
		if v.family == "" {
			r.Add("Engine", v.String(), "has no known parameter group family; name it in EngineVersion_Of")
		}
		return
	}
	known := v.knownFamily()
	r.Text("Engine", v.String()).
		When(v.engine != "redis" && v.engine != "valkey", "is not an engine of replication groups; use \"redis\" or \"valkey\"").
		When(!versionPattern.MatchString(v.version), "is not a version; use %s", v.alternatives()).
		When(v.before(oldestRedis), "delivers no slow log; use %s", v.alternatives()).
		When(known != "" && known != v.family, "is not of the parameter group family %q; use %q", v.family, known).
		When(v.family == "", "is not a known version; use %s, or name the parameter group family of a newer one", v.alternatives()).
		When(!v.familyFits(), "is not of the parameter group family %q, which has another engine or major version; name the one that AWS lists for it",
			v.family)
}

func (t slowLogThreshold) check(r *check.Report) {
	if t.unresolved {
		r.Add("SlowLogThreshold", nil, "is a token, which cannot be converted to microseconds; set slowlog-log-slower-than in Parameters")
		return
	}
	r.Number("SlowLogThreshold", t.microseconds).
		When(t.microseconds != math.Trunc(t.microseconds), "microseconds is not a whole number, as slowlog-log-slower-than needs").
		When(t.microseconds > math.MaxInt64/2, "microseconds is too long for slowlog-log-slower-than")
}

func (e engine) checkParameters(r *check.Report) {
	family, known := catalog.FindFamily(e.version.family)
	for _, name := range slices.Sorted(maps.Keys(e.parameters)) {
		if check.IsToken(name) {
			r.Add("Parameters", nil, "has a token as the name of a parameter, which a template cannot have; write the name as a literal")
			continue
		}
		property, value := check.Key("Parameters", name), e.parameters[name]
		if value == nil {
			r.Add(property, nil, "is nil; leave it out for ElastiCache's default")
			continue
		}
		if !known {
			continue // a family that is newer than the catalog: see the warning
		}
		p, exists := catalog.FindParameter(family.Name, name)
		switch {
		case exists && p.Owned != "":
			r.Add(property, *value, "is set by the construct: %s", p.Owned)
		case !exists && family.Verified:
			r.Add(property, *value, "is not a parameter of %s%s", family.Name, check.DidYouMean(name, parameterNames(family.Name)))
		case !exists: // warned of
		case !p.Modifiable:
			r.Add(property, *value, "cannot be changed: ElastiCache sets this parameter itself; leave it out")
		case e.version.before(p.Since):
			r.Add(property, *value, "needs engine version %s or newer, not %s", p.Since, e.version.version)
		case family.Verified && !p.Disputed:
			r.Text(property, *value).When(!p.Accepts(*value), "is not %s", p.Describe())
		}
	}
}

func parameterNames(family string) (names []string) {
	for _, p := range catalog.Parameters(family) {
		names = append(names, p.Name)
	}
	return names
}

func (e engine) warn(w *warnings) {
	v := e.version
	known, isKnown := v.lookup()
	w.when(isKnown && known.EndOfStandardSupport != "", "engineSupport",
		"Engine: %s reaches the end of standard support on %s; after that AWS charges for extended support", v, known.EndOfStandardSupport)
	w.when(!isKnown && !check.IsToken(v.engine+v.version), "engineUnknown",
		"Engine: %s was not known when this version of the construct was made; its parameters cannot be checked", v)
	w.when(!e.slowLog.unresolved && e.slowLog.microseconds >= 1_000_000, "slowLogThreshold",
		"SlowLogThreshold: %s seconds is long for an engine that answers in microseconds: few commands reach the slow log; use 10 ms or so",
		check.Quote(e.slowLog.microseconds/1_000_000))
	doubts := e.doubtfulParameters()
	w.when(len(doubts) > 0, "parameters", "Parameters: %s may not be supported by %s; deploy to a test account first",
		strings.Join(doubts, ", "), v.family)
}

// doubtfulParameters are those that checkParameters could not be sure of.
func (e engine) doubtfulParameters() (doubts []string) {
	if _, known := catalog.FindFamily(e.version.family); !known {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(e.parameters)) {
		value := *e.parameters[name]
		p, exists := catalog.FindParameter(e.version.family, name)
		if !exists || !check.IsToken(value) && !p.Accepts(value) {
			doubts = append(doubts, name+" "+check.Quote(value))
		}
	}
	return doubts
}

// newParameterGroup has the family in its logical id: when the family changes, CloudFormation makes a new group, moves
// the replication group over and deletes the old one. Under one logical id it would change a group that is in use.
func newParameterGroup(scope constructs.Construct, s *settings) awselasticache.CfnParameterGroup {
	family := s.engine.version.family
	id := strings.ReplaceAll(family, ".", "") // a logical id has letters and digits only: Redis6x
	id = "ParameterGroup" + strings.ToUpper(id[:1]) + id[1:]
	return awselasticache.NewCfnParameterGroup(scope, &id, &awselasticache.CfnParameterGroupProps{
		CacheParameterGroupFamily: &family,
		Description:               ptr.To("Parameters of " + s.naming.title()),
		Properties:                ptr.To(s.engine.allParameters()),
	})
}

// firstWithTransitMode can be told that plain text is refused. Older versions refuse it all the same.
var firstWithTransitMode = catalog.Version{Major: 7, Minor: 0}

func (e engine) apply(g *awselasticache.CfnReplicationGroupProps) {
	g.Engine = &e.version.engine
	g.EngineVersion = &e.version.version
	g.AutoMinorVersionUpgrade = e.autoMinorVersionUpgrade
	if !e.version.before(firstWithTransitMode) {
		g.TransitEncryptionMode = ptr.To("required")
	}
}
