package rediscache

import (
	"strconv"
	"strings"
	"sync"
)

// nodeType is a row of tables/node-types.csv.
type nodeType struct {
	name              string
	vcpus             int
	burstable         bool
	dataTiering       bool // AWS makes data tiering mandatory where a type has it
	currentGeneration bool
}

var nodeTypes = sync.OnceValue(func() map[string]nodeType {
	types := map[string]nodeType{}
	mustParseTable("node-types", nodeTypesCsv, func(column map[string]string) {
		vcpus, err := strconv.Atoi(column["vcpu"])
		if err != nil {
			panic("rediscache: tables/node-types.csv: vcpu of " + column["node_type"] + ": " + err.Error())
		}
		types[column["node_type"]] = nodeType{
			name:              column["node_type"],
			vcpus:             vcpus,
			burstable:         column["burstable"] == "true",
			dataTiering:       column["data_tiering"] == "true",
			currentGeneration: column["current_generation"] == "true",
		}
	})
	return types
})

// retiredNodeFamilies were node types once; AWS's list of supported types has none of them any more.
var retiredNodeFamilies = map[string]bool{"t1": true, "m1": true, "m2": true, "m3": true, "c1": true, "r3": true}

// nodeFamily is the "r6g" of "cache.r6g.large".
func nodeFamily(nodeType string) string {
	parts := strings.Split(nodeType, ".")
	if len(parts) != 3 {
		return ""
	}
	return parts[1]
}

// valkeyOnlyNodeFamilies are in AWS's tables for Valkey and Memcached, not in the one for Redis OSS.
var valkeyOnlyNodeFamilies = map[string]bool{"m8g": true, "r8g": true, "c8gn": true}

// smallestRedisVersion is the oldest Redis that AWS runs on a family; families that are not here run on 6.0, the
// oldest that this construct makes.
var smallestRedisVersion = map[string][2]int{"m7g": {6, 2}, "r7g": {6, 2}, "c7gn": {6, 2}, "r6gd": {6, 2}}
