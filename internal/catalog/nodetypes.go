package catalog

import (
	"slices"
	"sync"
)

// NodeType is a node type of ElastiCache for Redis OSS or Valkey. Of a retired one, only the name, the vCPUs and the
// architecture are known.
type NodeType struct {
	Name               string // "cache.r7g.large"
	VCPUs              int
	MaxmemoryBytes     int64    // the parameter maxmemory, before reserved-memory-percent is taken off
	SsdGiB             string   // with data tiering: the size of its SSD in GiB, such as "99.33"
	Network            string   // bandwidth, from baseline to burst: "0.937 to 12.5 Gbps", or "15 Gbps"
	Burstable          bool     // works on CPU credits
	BaselineCpuPercent int      // of a burstable type: what each vCPU can do for ever, such as 10
	CreditBalance      bool     // publishes the metric CPUCreditBalance
	DataTiering        bool     // has data tiering, which AWS makes mandatory for such a type
	AutoScaling        bool     // takes ElastiCache auto scaling
	CurrentGeneration  bool     // false for T2, on which AWS makes no new clusters
	Retired            bool     // a former type that ElastiCache no longer offers
	Architecture       string   // "arm64" or "x86_64"
	Engines            []string // that run on it: Redis, Valkey, both, or none of a retired type
	OldestRedis        Version  // zero where Redis OSS does not run on it
	OldestValkey       Version

	oldestScaling map[string]Version // by engine
}

// Runs tells whether some version of the engine runs on the node type.
func (t NodeType) Runs(engine string) bool { return slices.Contains(t.Engines, engine) }

// Oldest returns the oldest version of the engine that runs on the node type, or the zero Version.
func (t NodeType) Oldest(engine string) Version {
	switch engine {
	case Redis:
		return t.OldestRedis
	case Valkey:
		return t.OldestValkey
	}
	return Version{}
}

// OldestAutoScaling returns the oldest version of the engine that auto scaling takes on the node type, or the zero
// Version where it takes none.
func (t NodeType) OldestAutoScaling(engine string) Version { return t.oldestScaling[engine] }

var nodeTypes = sync.OnceValues(func() ([]NodeType, map[string]NodeType) {
	rows := readTable("node-types.csv", nodeTypesCsv)
	types := parseNodeTypes(rows)
	return types, index(rows, types, func(t NodeType) string { return t.Name })
})

func parseNodeTypes(rows []row) (types []NodeType) {
	for _, r := range rows {
		t := NodeType{
			Name:               r.required("node_type"),
			VCPUs:              int(r.number("vcpu")),
			MaxmemoryBytes:     r.number("maxmemory_bytes"),
			SsdGiB:             r.decimal("ssd_gib"),
			Network:            r.network(),
			Burstable:          r.flag("burstable"),
			BaselineCpuPercent: int(r.number("baseline_cpu_percent")),
			CreditBalance:      r.flag("cpu_credit_balance"),
			DataTiering:        r.flag("data_tiering"),
			CurrentGeneration:  r.flag("current_generation"),
			Retired:            r.flag("retired"),
			Architecture:       r.oneOf("architecture", "arm64", "x86_64"),
			OldestRedis:        r.version("oldest_redis"),
			OldestValkey:       r.version("oldest_valkey"),
			oldestScaling:      map[string]Version{Redis: r.version("auto_scaling_redis"), Valkey: r.version("auto_scaling_valkey")},
		}
		for _, engine := range []string{Redis, Valkey} {
			if t.Oldest(engine) != (Version{}) {
				t.Engines = append(t.Engines, engine)
			}
			t.AutoScaling = t.AutoScaling || t.OldestAutoScaling(engine) != (Version{})
		}
		if !t.Retired && (t.VCPUs == 0 || t.MaxmemoryBytes == 0 || t.Network == "" || len(t.Engines) == 0) {
			r.panicf("%s lacks vCPUs, memory, bandwidth or an engine", t.Name)
		}
		types = append(types, t)
	}
	return types
}

func (r row) network() string {
	baseline, burst := r.decimal("baseline_gbps"), r.decimal("burst_gbps")
	switch {
	case baseline == "":
		return ""
	case burst == "":
		return baseline + " Gbps"
	}
	return baseline + " to " + burst + " Gbps"
}

// FindNodeType returns the node type of this name, such as "cache.r7g.large", also a retired one.
func FindNodeType(name string) (NodeType, bool) {
	_, byName := nodeTypes()
	t, ok := byName[name]
	return t, ok
}

// NodeTypes returns all node types in the order of the table, the retired ones last.
func NodeTypes() []NodeType {
	all, _ := nodeTypes()
	return slices.Clone(all)
}

// NodeTypeNames returns the names of the node types that ElastiCache offers, in the order of the table.
func NodeTypeNames() (names []string) {
	all, _ := nodeTypes()
	for _, t := range all {
		if !t.Retired {
			names = append(names, t.Name)
		}
	}
	return names
}
