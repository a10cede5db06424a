package rediscache

import (
	"strconv"
	"strings"
	"sync"
)

// parameter is a row of tables/parameters.csv.
type parameter struct {
	name          string
	kind          string // integer, boolean, enum or string
	allowedValues string // alternatives between "|": a literal, min-max, or min-; empty: no published range
	modifiable    bool
}

var parametersByFamily = sync.OnceValue(func() map[string]map[string]parameter {
	families := map[string]map[string]parameter{}
	mustParseTable("parameters", parametersCsv, func(column map[string]string) {
		family := families[column["family"]]
		if family == nil {
			family = map[string]parameter{}
			families[column["family"]] = family
		}
		family[column["name"]] = parameter{
			name:          column["name"],
			kind:          column["type"],
			allowedValues: column["allowed_values"],
			modifiable:    column["modifiable"] == "true",
		}
	})
	return families
})

// ownedParameters are decided by the construct itself.
var ownedParameters = map[string]string{
	"cluster-enabled": "the group is made with cluster mode disabled",
}

// firstEngineVersion is the oldest version of a family that has the parameter, by prefix of its name.
var firstEngineVersion = map[string][2]int{"commandlog-": {8, 1}, "search-": {8, 2}, "acl-pubsub-default": {6, 2}}

// disputedRanges are published in two ways by AWS; a value out of ours is a warning, not an error.
var disputedRanges = map[string]bool{"active-defrag-ignore-bytes": true, "lfu-decay-time": true}

// keyspaceEvents are the letters of notify-keyspace-events that AWS lists.
const keyspaceEvents = "KEg$lshzxeA"

// accepts tells whether the value is of the parameter's type and in its range.
func (p parameter) accepts(value string) bool {
	if p.name == "notify-keyspace-events" {
		return strings.Trim(value, keyspaceEvents) == ""
	}
	number, err := strconv.ParseInt(value, 10, 64)
	if p.kind == "integer" && err != nil {
		return false
	}
	if p.allowedValues == "" {
		return true
	}
	for _, alternative := range strings.Split(p.allowedValues, "|") {
		if alternative == value || err == nil && inRange(alternative, number) {
			return true
		}
	}
	return false
}

// inRange reads "min-max" and "min-"; min may be negative, so the separator is looked for after the first character.
func inRange(alternative string, number int64) bool {
	if len(alternative) < 2 {
		return false
	}
	separator := strings.Index(alternative[1:], "-") + 1
	if separator == 0 {
		return false
	}
	least, err := strconv.ParseInt(alternative[:separator], 10, 64)
	if err != nil || number < least {
		return false
	}
	if separator == len(alternative)-1 {
		return true
	}
	most, err := strconv.ParseInt(alternative[separator+1:], 10, 64)
	return err == nil && number <= most
}

// wanted describes the type and range for a message: "an integer of 1-75".
func (p parameter) wanted() string {
	options := strings.ReplaceAll(p.allowedValues, "|", ", ")
	switch {
	case p.name == "notify-keyspace-events":
		return "made of the letters " + keyspaceEvents
	case p.kind == "integer" && options == "":
		return "an integer"
	case p.kind == "integer":
		return "an integer of " + options
	}
	return "one of " + options
}
