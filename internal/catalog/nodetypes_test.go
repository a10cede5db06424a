package catalog

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFindNodeType(t *testing.T) {
	node, ok := FindNodeType("cache.r7g.large")
	assert.True(t, ok)
	assert.Equal(t, NodeType{
		Name: "cache.r7g.large", VCPUs: 2, MaxmemoryBytes: 14037181030, Network: "0.937 to 12.5 Gbps", AutoScaling: true,
		CurrentGeneration: true, Architecture: "arm64", Engines: []string{Redis, Valkey}, OldestRedis: Version{6, 2}, OldestValkey: Version{7, 2},
		oldestScaling: map[string]Version{Redis: {6, 2}, Valkey: {7, 2}},
	}, node)
	node, ok = FindNodeType("cache.m3.large")
	assert.True(t, ok, "a retired type is found")
	assert.True(t, node.Retired)
	for _, unknown := range []string{"", "r7g.large", "cache.r7g", "cache.r7g.huge", "CACHE.R7G.LARGE"} {
		node, ok := FindNodeType(unknown)
		assert.False(t, ok, unknown)
		assert.Zero(t, node, unknown)
	}
}

func TestNodeTypesRunTheirEngines(t *testing.T) {
	for name, want := range map[string]struct{ redis, valkey string }{
		"cache.t4g.micro":   {"4.0", "7.2"},
		"cache.t4g.small":   {"5.0", "7.2"},
		"cache.m5.large":    {"4.0", "7.2"},
		"cache.r6g.large":   {"5.0", "7.2"},
		"cache.r6gd.xlarge": {"6.2", "7.2"},
		"cache.m7g.large":   {"6.2", "7.2"},
		"cache.c7gn.large":  {"6.2", "7.2"},
		"cache.m8g.large":   {"", "7.2"},
		"cache.r8g.large":   {"", "7.2"},
		"cache.c8gn.large":  {"", "7.2"},
		"cache.r3.large":    {"", ""},
	} {
		node, _ := FindNodeType(name)
		for engine, oldest := range map[string]string{Redis: want.redis, Valkey: want.valkey, "memcached": ""} {
			version, _ := ParseVersion(oldest)
			assert.Equal(t, oldest != "", node.Runs(engine), "%s on %s", engine, name)
			assert.Equal(t, version, node.Oldest(engine), "%s on %s", engine, name)
		}
	}
}

func TestOnlyTheseFamiliesHaveAFeature(t *testing.T) {
	for feature, test := range map[string]struct {
		has      func(n NodeType) bool
		families string
	}{
		"retired":           {func(n NodeType) bool { return n.Retired }, "t1 m1 m2 m3 c1 r3"},
		"burstable":         {func(n NodeType) bool { return n.Burstable && !n.Retired }, "t2 t3 t4g"},
		"CPUCreditBalance":  {func(n NodeType) bool { return n.CreditBalance }, "t3 t4g"},
		"baseline CPU":      {func(n NodeType) bool { return n.BaselineCpuPercent > 0 }, "t2 t3 t4g"},
		"data tiering":      {func(n NodeType) bool { return n.DataTiering }, "r6gd"},
		"SSD":               {func(n NodeType) bool { return n.SsdGiB != "" }, "r6gd"},
		"auto scaling":      {func(n NodeType) bool { return n.AutoScaling }, "m5 m6g m7g m8g r5 r6g r6gd r7g r8g c7gn c8gn"},
		"no Redis OSS":      {func(n NodeType) bool { return !n.Retired && !n.Runs(Redis) }, "m8g r8g c8gn"},
		"Redis 6.2 or more": {func(n NodeType) bool { return (Version{6, 0}).Before(n.OldestRedis) }, "m7g r6gd r7g c7gn"},
		"an older kind":     {func(n NodeType) bool { return !n.CurrentGeneration && !n.Retired }, "t2"},
		"x86_64":            {func(n NodeType) bool { return n.Architecture == "x86_64" && !n.Retired }, "t2 t3 m4 m5 r4 r5"},
	} {
		has := map[string]bool{}
		for _, node := range NodeTypes() {
			if test.has(node) {
				has[strings.Split(node.Name, ".")[1]] = true
			}
		}
		want := map[string]bool{}
		for _, family := range strings.Fields(test.families) {
			want[family] = true
		}
		assert.Equal(t, want, has, feature)
	}
}

func TestAutoScalingTakesThreeSizes(t *testing.T) {
	sizes := map[string]bool{}
	for _, node := range NodeTypes() {
		if node.AutoScaling {
			sizes[strings.Split(node.Name, ".")[2]] = true
		}
		for _, engine := range []string{Redis, Valkey} {
			oldest := node.OldestAutoScaling(engine)
			assert.Equal(t, node.AutoScaling && node.Runs(engine), oldest != Version{}, "%s %s", node.Name, engine)
			assert.False(t, oldest != Version{} && oldest.Before(node.Oldest(engine)), "%s %s", node.Name, engine)
		}
	}
	assert.Equal(t, map[string]bool{"large": true, "xlarge": true, "2xlarge": true}, sizes)
	tiered, _ := FindNodeType("cache.r6gd.xlarge")
	assert.Equal(t, Version{7, 0}, tiered.OldestAutoScaling(Redis), "with data tiering from Redis 7.0.7 on")
	plain, _ := FindNodeType("cache.r6g.xlarge")
	assert.Equal(t, Version{6, 0}, plain.OldestAutoScaling(Redis))
}

func TestNodeTypesAreInOrder(t *testing.T) {
	pattern := regexp.MustCompile(`^cache\.[a-z0-9]+\.[a-z0-9]+$`)
	network := regexp.MustCompile(`^[0-9.]+( to [0-9.]+)? Gbps$`)
	for _, node := range NodeTypes() {
		assert.Regexp(t, pattern, node.Name)
		assert.Positive(t, node.VCPUs, node.Name)
		if !node.Retired {
			assert.Greater(t, node.MaxmemoryBytes, int64(500<<20), node.Name)
			assert.Regexp(t, network, node.Network, node.Name)
		}
	}
	assert.NotContains(t, NodeTypeNames(), "cache.m3.large")
	assert.Contains(t, NodeTypeNames(), "cache.t2.micro", "no new clusters, but still on offer to the old ones")
}
