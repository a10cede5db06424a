package adopt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const recordedAnswers = "../../cmd/rediscache/testdata/adopt"

// recording is what the AWS CLI printed of a replication group, by the name of the file.
type recording map[string]map[string]any

func recorded(t testing.TB, name string) recording {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(recordedAnswers, name, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	answers := recording{}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		var answer map[string]any
		require.NoError(t, json.Unmarshal(content, &answer))
		answers[filepath.Base(path)] = answer
	}
	return answers
}

func (r recording) first(file, list string) map[string]any {
	return r[file][list].([]any)[0].(map[string]any)
}

func (r recording) group() map[string]any {
	return r.first("replication-groups.json", "ReplicationGroups")
}

func (r recording) node() map[string]any { return r.first("cache-clusters.json", "CacheClusters") }

// files writes the answers to a folder.
func (r recording) files(t testing.TB) Files {
	t.Helper()
	folder := t.TempDir()
	path := func(name string) string {
		answer, exists := r[name]
		if !exists {
			return ""
		}
		content, err := json.Marshal(answer)
		require.NoError(t, err)
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	return Files{
		ReplicationGroups: path("replication-groups.json"), CacheClusters: path("cache-clusters.json"), SubnetGroups: path("subnet-groups.json"),
		ParameterGroups: path("parameter-groups.json"), Parameters: path("parameters.json"), Tags: path("tags.json"),
		UserGroups: path("user-groups.json"),
	}
}

var usual = Options{
	Package: "main", Construct: "Cache", TokenKey: "auth_token",
	TokenSecret: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders/redis-AbCdEf",
}

func (r recording) adopt(t testing.TB) Result {
	t.Helper()
	result, err := Adopt(r.files(t), usual)
	require.NoError(t, err)
	return result
}

type change = func(r recording)

func group(member string, value any) change {
	return func(r recording) { put(r.group(), member, value) }
}

// node changes all nodes.
func node(member string, value any) change {
	return func(r recording) {
		for _, element := range r["cache-clusters.json"]["CacheClusters"].([]any) {
			put(element.(map[string]any), member, value)
		}
	}
}

// put sets a member, or takes it away with nil.
func put(object map[string]any, member string, value any) {
	if value == nil {
		delete(object, member)
		return
	}
	object[member] = value
}

func without(file string) change { return func(r recording) { delete(r, file) } }
