package adopt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFilesThatAreNoAnswers(t *testing.T) {
	for _, test := range []struct{ name, content, want string }{
		{"a table", "-----------\n|DescribeReplicationGroups|\n", "is not a JSON object"},
		{"YAML", "ReplicationGroups:\n- ReplicationGroupId: a\n", "is not a JSON object"},
		{"an empty file", "", "is not a JSON object"},
		{"a list", "[]", "is not a JSON object"},
		{"broken JSON", `{"ReplicationGroups": [`, "is not a JSON object"},
		{"another answer", `{"CacheClusters": [], "X": 1}`, "has no ReplicationGroups, so it is not the answer of `aws elasticache " +
			"describe-replication-groups`; it has CacheClusters, X"},
		{"text in the place of the list", `{"ReplicationGroups": "none"}`, "ReplicationGroups is not as ElastiCache prints it"},
		{"text in the place of a number", `{"ReplicationGroups": [{"SnapshotRetentionLimit": "7"}]}`, "ReplicationGroups is not as " +
			"ElastiCache prints it"},
		{"an empty list", `{"ReplicationGroups": []}`, "has no replication group; check the region and the account of the command"},
		{"a page of the API", `{"ReplicationGroups": [], "Marker": "abc"}`, "is one page of the answer (it has a Marker); run `aws " +
			"elasticache describe-replication-groups` without"},
		{"a page of the CLI", `{"ReplicationGroups": [], "NextToken": "abc"}`, "is one page of the answer (it has a NextToken)"},
		{"two groups", `{"ReplicationGroups": [{"ReplicationGroupId": "a"}, {"ReplicationGroupId": "b"}]}`, "has 2 replication groups; " +
			"choose one with --id: a, b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "rg.json")
			require.NoError(t, os.WriteFile(path, []byte(test.content), 0o600))
			_, err := Adopt(Files{ReplicationGroups: path}, usual)
			assert.ErrorContains(t, err, path+": "+test.want)
		})
	}
}

func TestAllFilesAreReadBeforeAnyoneStops(t *testing.T) {
	_, err := Adopt(Files{ReplicationGroups: "no-groups.json", Tags: "no-tags.json"}, usual)
	assert.ErrorContains(t, err, "cannot read the answer of `aws elasticache describe-replication-groups`: open no-groups.json")
	assert.ErrorContains(t, err, "cannot read the answer of `aws elasticache list-tags-for-resource`: open no-tags.json")
}

func TestAnEmptyTokenIsNoPage(t *testing.T) {
	r := recorded(t, "orders")
	r["replication-groups.json"]["Marker"] = ""
	r["tags.json"]["NextToken"] = nil
	assert.True(t, r.adopt(t).Complete())
}

func TestTheGroupIsChosenByItsId(t *testing.T) {
	r := recorded(t, "orders")
	list := r["replication-groups.json"]["ReplicationGroups"].([]any)
	r["replication-groups.json"]["ReplicationGroups"] = append(list, recorded(t, "sessions").group())
	files := r.files(t)
	options := usual
	options.ID = "orders-cache"
	result, err := Adopt(files, options)
	require.NoError(t, err)
	assert.Equal(t, "orders-cache", result.ReplicationGroupID)
	assert.True(t, result.Complete())
	options.ID = "order-cache"
	_, err = Adopt(files, options)
	assert.ErrorContains(t, err, `has no replication group "order-cache"; it has orders-cache, sessions`)
}

func TestNodesOfOtherGroupsAreLeftOut(t *testing.T) {
	r := recorded(t, "orders")
	list := r["cache-clusters.json"]["CacheClusters"].([]any)
	memcached := map[string]any{"CacheClusterId": "other", "Engine": "memcached", "EngineVersion": "1.6.22"}
	r["cache-clusters.json"]["CacheClusters"] = append([]any{memcached, recorded(t, "sessions").node()}, list...)
	assert.Equal(t, recorded(t, "orders").adopt(t), r.adopt(t))
}

func TestMembersThatAreNewerThanTheToolAreTold(t *testing.T) {
	r := recorded(t, "orders")
	r.group()["Color"] = "red"
	r.group()["NodeGroups"].([]any)[0].(map[string]any)["Shape"] = map[string]any{"Round": true}
	node("Color", "blue")(r)
	assert.Equal(t, []string{
		"CacheClusters.Color is newer than this tool, which does not know what it means",
		"ReplicationGroups.Color is newer than this tool, which does not know what it means",
		"ReplicationGroups.NodeGroups.Shape is newer than this tool, which does not know what it means",
	}, r.adopt(t).Unknown)
}

func TestOptionsAreChecked(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(o *Options)
		want   string
	}{
		{"a package with a hyphen", func(o *Options) { o.Package = "my-app" }, `--package: "my-app" is not the name of a Go package`},
		{"no construct", func(o *Options) { o.Construct = "" }, `--construct: "" is not the path of a construct`},
		{"the name of a secret", func(o *Options) { o.TokenSecret = "orders/redis" }, `--token-secret: "orders/redis" is not the complete ` +
			`ARN of a secret`},
	} {
		options := usual
		test.change(&options)
		_, err := Adopt(recorded(t, "orders").files(t), options)
		assert.ErrorContains(t, err, test.want, test.name)
	}
}

func TestNamesInAnswersCannotBecomeCode(t *testing.T) {
	r := recorded(t, "orders")
	evil := "x\"\n}\nfunc init() { panic(1) } //`"
	group("Description", evil)(r)
	node("CacheSubnetGroupName", evil)(r)
	r.group()["LogDeliveryConfigurations"].([]any)[0].(map[string]any)["LogType"] = evil
	r.first("tags.json", "TagList")["Key"] = evil
	group("Status", evil)(r)
	source := r.adopt(t).Go
	assert.Equal(t, 2, strings.Count(source, "\nfunc "), source)
	assert.NotContains(t, source, "\nfunc init")
}
