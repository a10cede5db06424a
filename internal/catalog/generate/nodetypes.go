package main

import (
	"fmt"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

func nodeTypeFunctions() (functions []string) {
	for _, name := range catalog.NodeTypeNames() {
		t, _ := catalog.FindNodeType(name)
		function := "NodeType_" + strings.ToUpper(strings.ReplaceAll(strings.TrimPrefix(name, "cache."), ".", "_"))
		functions = append(functions, fmt.Sprintf("// %s has %s.\nfunc %s() *string { return jsii.String(%q) }\n",
			function, describeNodeType(t), function, name))
	}
	return functions
}

// describeNodeType returns "2 vCPUs, 13.07 GiB, 0.937 to 12.5 Gbps; runs Redis 6.2+ and Valkey 7.2+".
func describeNodeType(t catalog.NodeType) string {
	plural := "s"
	if t.VCPUs == 1 {
		plural = ""
	}
	memory := fmt.Sprintf("%.2f GiB", float64(t.MaxmemoryBytes)/(1<<30))
	if t.DataTiering {
		memory += " and " + t.SsdGiB + " GiB of SSD (data tiering)"
	}
	described := fmt.Sprintf("%d vCPU%s, %s, %s; runs %s", t.VCPUs, plural, memory, t.Network, engines(t))
	if t.Burstable {
		described += fmt.Sprintf("; burstable from %d%%", t.BaselineCpuPercent)
	}
	if !t.CurrentGeneration {
		described += "; previous generation"
	}
	return described
}

// engines returns "Redis 6.2+ and Valkey 7.2+", of the versions that the construct makes.
func engines(t catalog.NodeType) string {
	var engines []string
	for _, engine := range t.Engines {
		oldest := oldestVersion(engine)
		if oldest.Before(t.Oldest(engine)) {
			oldest = t.Oldest(engine)
		}
		engines = append(engines, fmt.Sprintf("%s %s+", titles[engine], oldest))
	}
	if len(engines) == 1 {
		return engines[0] + " only"
	}
	return strings.Join(engines, " and ")
}
