package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// assembly writes the files of a cloud assembly.
func assembly(t *testing.T, files map[string]string) string {
	t.Helper()
	directory := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(directory, name), []byte(text), 0o644))
	}
	return directory
}

func TestTheStacksOfTheManifestAreListed(t *testing.T) {
	directory := assembly(t, map[string]string{
		"manifest.json": `{"artifacts": {
			"b": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "b.template.json"}},
			"a": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "a.template.json"}},
			"c": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "c.template.json"}},
			"a.assets": {"type": "cdk:asset-manifest", "properties": {"file": "a.assets.json"}}}}`,
		"a.template.json": `{"Resources": {"Vpc": {"Type": "AWS::EC2::VPC"}, "Group": {"Type": "AWS::ElastiCache::ReplicationGroup",
			"Properties": {"Engine": "redis", "EngineVersion": "7.1", "CacheNodeType": "cache.t3.micro", "NumCacheClusters": 2}}}}`,
		"b.template.json": `{"Resources": {"Group": {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {"Engine": "valkey",
			"EngineVersion": "8.0", "CacheNodeType": "cache.t3.micro", "NumNodeGroups": 3, "ReplicasPerNodeGroup": 1}}}}`,
		"c.template.json": `{"Resources": {"Cache": {"Type": "AWS::ElastiCache::ServerlessCache",
			"Properties": {"Engine": "valkey", "MajorEngineVersion": "8"}}}}`,
		"removed.template.json": `{"Resources": {}}`,
	})
	lines, err := summary(directory)
	require.NoError(t, err)
	assert.Equal(t, []string{
		directory + "/a.template.json: 2 resources, redis 7.1 on 2 x cache.t3.micro",
		directory + "/b.template.json: 1 resources, valkey 8.0 on 3 x 2 x cache.t3.micro",
		directory + "/c.template.json: 1 resources, valkey 8 serverless",
	}, lines, "without the template of an earlier run")
}

func TestAnAssemblyThatCannotBeReadIsAnError(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"without a manifest", nil, "/manifest.json: no such file"},
		{"without a stack", map[string]string{"manifest.json": `{"artifacts": {"Tree": {"type": "cdk:tree"}}}`}, " has no stack"},
		{"with a manifest that is no JSON", map[string]string{"manifest.json": `{`}, "/manifest.json: unexpected end"},
		{"without the template of a stack", map[string]string{"manifest.json": `{"artifacts": {
			"a": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "a.template.json"}}}}`}, "/a.template.json: no such file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := summary(assembly(t, test.files))
			assert.ErrorContains(t, err, test.want)
		})
	}
}
