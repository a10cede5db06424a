package catalog

import (
	"cmp"
	"slices"
	"sync"
)

// Family is a family of parameter groups.
type Family struct {
	Name     string // "redis7"
	Engine   string // Redis or Valkey
	Verified bool   // AWS's list of its parameters was read; false where the rows are carried over from an older family
}

// Parameter is a parameter of a family.
type Parameter struct {
	Family, Name  string
	Type          string  // integer, boolean, enum or string
	AllowedValues string  // see README.md; empty where any value of the type is allowed or AWS publishes no range
	Default       string  // empty where it is the empty string, depends on the node type, or is unpublished
	Modifiable    bool    // can be set in a parameter group
	AtCreation    bool    // has to have one value in all parameter groups that a replication group has over time
	Disputed      bool    // AWS publishes two ranges: a value outside AllowedValues may be right
	Since         Version // the oldest engine version of the family that has it; zero where all have it
	Owned         string  // why the construct decides it and no caller can; empty for all others
}

type parameterKey struct{ family, name string }

var families = sync.OnceValue(func() map[string]Family {
	rows := readTable("families.csv", familiesCsv)
	return index(rows, parseFamilies(rows), func(f Family) string { return f.Name })
})

var parameters = sync.OnceValues(func() (map[string][]Parameter, map[parameterKey]Parameter) {
	rows := readTable("parameters.csv", parametersCsv)
	all := parseParameters(rows)
	byFamily := map[string][]Parameter{}
	for _, p := range all {
		byFamily[p.Family] = append(byFamily[p.Family], p)
	}
	for _, list := range byFamily {
		slices.SortFunc(list, func(p, q Parameter) int { return cmp.Compare(p.Name, q.Name) })
	}
	return byFamily, index(rows, all, func(p Parameter) parameterKey { return parameterKey{p.Family, p.Name} })
})

func parseFamilies(rows []row) (families []Family) {
	for _, r := range rows {
		families = append(families, Family{
			Name:     r.required("family"),
			Engine:   r.oneOf("engine", Redis, Valkey),
			Verified: r.flag("verified"),
		})
	}
	return families
}

func parseParameters(rows []row) (parameters []Parameter) {
	for _, r := range rows {
		p := Parameter{
			Family:        r.required("family"),
			Name:          r.required("name"),
			Type:          r.oneOf("type", "integer", "boolean", "enum", "string"),
			AllowedValues: r.text("allowed_values"),
			Default:       r.text("default"),
			Modifiable:    r.flag("modifiable"),
			AtCreation:    r.flag("at_creation"),
			Disputed:      r.flag("disputed"),
			Since:         r.version("since"),
			Owned:         r.text("owned"),
		}
		if _, exists := families()[p.Family]; !exists {
			r.panicf("family %s is not in families.csv", p.Family)
		}
		if p.AllowedValues == "" && (p.Type == "boolean" || p.Type == "enum") {
			r.panicf("%s has no allowed values", p.Name)
		}
		parameters = append(parameters, p)
	}
	return parameters
}

// FindFamily returns the family of this name, such as "redis7". Families older than redis6.x are not in the catalog.
func FindFamily(name string) (Family, bool) {
	family, ok := families()[name]
	return family, ok
}

// FindParameter returns a parameter of a family.
func FindParameter(family, name string) (Parameter, bool) {
	_, byKey := parameters()
	p, ok := byKey[parameterKey{family, name}]
	return p, ok
}

// Parameters returns the parameters of a family, sorted by name; none for a family that is not in the catalog.
func Parameters(family string) []Parameter {
	byFamily, _ := parameters()
	return slices.Clone(byFamily[family])
}
