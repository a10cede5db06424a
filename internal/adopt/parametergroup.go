package adopt

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

const (
	policyParameter  = "maxmemory-policy"
	slowLogParameter = "slowlog-log-slower-than"
	usualSlowLog     = "10000" // microseconds; what RedisCache sets without SlowLogThreshold
)

// parameterGroup: RedisCache has a parameter group of its own with the same values, which takes the place of today's in the
// deployment after the import.
func (a *adoption) parameterGroup() {
	name := a.ofNodes("CacheParameterGroupName", func(node cacheCluster) string {
		if node.CacheParameterGroup == nil {
			return ""
		}
		return node.CacheParameterGroup.CacheParameterGroupName
	})
	if name == "" {
		return
	}
	a.overrides = append(a.overrides, override{"CacheParameterGroupName", strconv.Quote(name)})
	a.later("CacheParameterGroupName: a new parameter group with the same values takes the place of %s, which stays; delete it when "+
		"nothing uses it", name)
	if family := a.familyOf(name); family != "" && a.family() != "" && family != a.family() {
		a.unknown("Parameters: the parameter group %s is of the family %s, and the engine version needs %s; wait until the replication "+
			"group is available, and ask again",
			name, family, a.family())
		return
	}
	values, given := a.values(name)
	if !given {
		a.unknown("Parameters: add --parameters with the answer of `aws elasticache describe-cache-parameters "+
			"--cache-parameter-group-name %s`", name)
		return
	}
	a.addParameters(values)
}

func (a *adoption) familyOf(name string) string {
	for _, group := range a.parameterGroups {
		if group.CacheParameterGroupName == name {
			return group.CacheParameterGroupFamily
		}
	}
	return ""
}

// values are the values of the parameter group that may differ from those of RedisCache. Nobody can change ElastiCache's
// default groups, so theirs are in the catalog.
func (a *adoption) values(name string) (values map[string]string, given bool) {
	values = map[string]string{}
	if strings.HasPrefix(name, "default.") && len(catalog.Parameters(a.family())) > 0 {
		for _, parameter := range []string{policyParameter, slowLogParameter} {
			p, _ := catalog.FindParameter(a.family(), parameter)
			values[parameter] = p.Default
		}
		return values, true
	}
	if a.parameters == nil {
		return nil, false
	}
	for _, p := range a.parameters {
		own := p.ParameterName == policyParameter || p.ParameterName == slowLogParameter
		switch {
		case p.ParameterValue != nil && (own || p.Source == "user"):
			values[p.ParameterName] = *p.ParameterValue
		case p.Source == "user":
			values[p.ParameterName] = ""
		}
	}
	return values, true
}

func (a *adoption) addParameters(values map[string]string) {
	if policy, given := values[policyParameter]; given {
		a.addMaxmemoryPolicy(policy)
	} else {
		a.unknown("MaxmemoryPolicy: the parameters lack %s; run the command without --source", policyParameter)
	}
	if _, given := values[slowLogParameter]; !given {
		a.unknown("SlowLogThreshold: the parameters lack %s; run the command without --source", slowLogParameter)
	}
	delete(values, policyParameter)
	if values[slowLogParameter] == usualSlowLog {
		delete(values, slowLogParameter)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		p, exists := catalog.FindParameter(a.family(), name)
		switch {
		case len(catalog.Parameters(a.family())) == 0:
		case exists && p.Owned != "":
			delete(values, name)
		case !exists:
			a.cannot("Parameters: %s %q is not in the tables of RedisCache for the family %s; the deployment after the import sets its default",
				name, values[name], a.family())
			delete(values, name)
		case !p.Modifiable:
			a.cannot("Parameters: %s %q cannot be set in the family %s any more; the deployment after the import sets its default, %q", name,
				values[name], a.family(), p.Default)
			delete(values, name)
		case !p.Accepts(values[name]) && !p.Disputed:
			a.cannot("Parameters: %s %q is refused by RedisCache, which wants a value that is %s", name, values[name], p.Describe())
			delete(values, name)
		}
	}
	if len(values) == 0 {
		return
	}
	code := "&map[string]*string{\n"
	for _, name := range slices.Sorted(maps.Keys(values)) {
		code += strconv.Quote(name) + ": jsii.String(" + strconv.Quote(values[name]) + "),\n"
	}
	a.add(prop{name: "Parameters", code: code + "}", packages: []string{jsiiPackage}, key: "parameters", value: values})
}

func (a *adoption) addMaxmemoryPolicy(policy string) {
	known, _ := catalog.FindParameter("redis7", policyParameter)
	if !known.Accepts(policy) {
		a.cannot("MaxmemoryPolicy: %q is not a policy of RedisCache", policy)
		return
	}
	a.add(prop{
		name: "MaxmemoryPolicy", code: "rediscache.MaxmemoryPolicy_" + strings.ToUpper(strings.ReplaceAll(policy, "-", "_")),
		packages: []string{rediscachePackage}, key: "maxmemoryPolicy", value: policy,
	})
}
