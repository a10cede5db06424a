package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

func TestCommittedFilesAreUpToDate(t *testing.T) {
	for name, want := range files() {
		committed, err := os.ReadFile(filepath.Join("..", "..", "..", "constructs", "rediscache", name))
		assert.NoError(t, err)
		assert.Equal(t, string(want), string(committed), "%s is not what the catalog says; run go generate ./constructs/rediscache", name)
	}
}

func TestNodeTypesAreDescribed(t *testing.T) {
	for name, want := range map[string]string{
		"cache.r7g.large":    "2 vCPUs, 13.07 GiB, 0.937 to 12.5 Gbps; runs Redis 6.2+ and Valkey 7.2+",
		"cache.r6g.16xlarge": "64 vCPUs, 419.10 GiB, 25 Gbps; runs Redis 6.0+ and Valkey 7.2+",
		"cache.r8g.large":    "2 vCPUs, 14.18 GiB, 0.937 to 12.5 Gbps; runs Valkey 7.2+ only",
		"cache.r6gd.xlarge":  "4 vCPUs, 26.32 GiB and 99.33 GiB of SSD (data tiering), 1.25 to 10 Gbps; runs Redis 6.2+ and Valkey 7.2+",
		"cache.t2.micro": "1 vCPU, 0.54 GiB, 0.064 to 1.024 Gbps; runs Redis 6.0+ and Valkey 7.2+; burstable from 10%; " +
			"previous generation",
	} {
		node, ok := catalog.FindNodeType(name)
		assert.True(t, ok, name)
		assert.Equal(t, want, describeNodeType(node))
	}
}

func TestEveryNodeTypeOnOfferHasAFunction(t *testing.T) {
	assert.Len(t, nodeTypeFunctions(), 94)
	assert.Contains(t, nodeTypeFunctions(), "// NodeType_C8GN_2XLARGE has 8 vCPUs, 14.18 GiB, 25 to 50 Gbps; runs Valkey 7.2+ only.\n"+
		"func NodeType_C8GN_2XLARGE() *string { return jsii.String(\"cache.c8gn.2xlarge\") }\n")
	assert.Len(t, engineVersionFunctions(), 10)
}

func TestEngineVersionsAreDescribed(t *testing.T) {
	for version, want := range map[[2]string]string{
		{"redis", "6.0"}: "Redis 6.0, of the parameter group family redis6.x.\n" +
			"// It delivers no engine log. It has no IAM authentication. AWS ends its standard support on 2027-01-31.",
		{"redis", "7.0"}:  "Redis 7.0, of the parameter group family redis7.",
		{"redis", "7.1"}:  "Redis 7.1, of the parameter group family redis7.\n// It is the newest Redis of ElastiCache.",
		{"valkey", "7.2"}: "Valkey 7.2, of the parameter group family valkey7.\n// It can go back to Redis 7.1.",
	} {
		engine, ok := catalog.FindEngine(version[0], version[1])
		assert.True(t, ok, "%v", version)
		assert.Equal(t, want, describeEngine(engine))
	}
}
