package adopt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
)

// Files are what the AWS CLI printed, one answer a file. Only ReplicationGroups is required: what is in none of the others
// is unknown.
type Files struct {
	// ReplicationGroups is the answer of `aws elasticache describe-replication-groups`.
	ReplicationGroups string
	// CacheClusters is the answer of `aws elasticache describe-cache-clusters`.
	CacheClusters string
	// SubnetGroups is the answer of `aws elasticache describe-cache-subnet-groups`.
	SubnetGroups string
	// ParameterGroups is the answer of `aws elasticache describe-cache-parameter-groups`.
	ParameterGroups string
	// Parameters is the answer of `aws elasticache describe-cache-parameters` for the parameter group.
	Parameters string
	// Tags is the answer of `aws elasticache list-tags-for-resource` for the replication group.
	Tags string
	// UserGroups is the answer of `aws elasticache describe-user-groups`.
	UserGroups string
}

// answers are the files as they were read. A list is nil where the file was not given.
type answers struct {
	replicationGroups []replicationGroup
	cacheClusters     []cacheCluster
	subnetGroups      []subnetGroup
	parameterGroups   []parameterGroup
	parameters        []parameter
	tags              []tag
	userGroups        []userGroup

	newer []string // members that the shapes of this tool do not have
}

// readAnswers reads all files and returns everything that is wrong with them.
func readAnswers(files Files) (answers, error) {
	var a answers
	err := errors.Join(
		readList(&a, files.ReplicationGroups, "ReplicationGroups", "describe-replication-groups", &a.replicationGroups),
		readList(&a, files.CacheClusters, "CacheClusters", "describe-cache-clusters", &a.cacheClusters),
		readList(&a, files.SubnetGroups, "CacheSubnetGroups", "describe-cache-subnet-groups", &a.subnetGroups),
		readList(&a, files.ParameterGroups, "CacheParameterGroups", "describe-cache-parameter-groups", &a.parameterGroups),
		readList(&a, files.Parameters, "Parameters", "describe-cache-parameters", &a.parameters),
		readList(&a, files.Tags, "TagList", "list-tags-for-resource", &a.tags),
		readList(&a, files.UserGroups, "UserGroups", "describe-user-groups", &a.userGroups),
	)
	return a, err
}

// readList reads one answer; a file that is not given is no error.
func readList[T any](a *answers, path, key, command string, list *[]T) error {
	if path == "" {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("cannot read the answer of `aws elasticache %s`: %w", command, err)
	}
	root := map[string]json.RawMessage{}
	content = bytes.TrimPrefix(bytes.TrimSpace(content), []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(content, &root); err != nil {
		return fmt.Errorf("%s: is not a JSON object (%w); run `aws elasticache %s --output json`", path, err, command)
	}
	for _, token := range []string{"Marker", "NextToken"} {
		if given, exists := root[token]; exists && string(given) != "null" && string(given) != `""` {
			return fmt.Errorf("%s: is one page of the answer (it has a %s); run `aws elasticache %s` without --max-items and --no-paginate", path,
				token, command)
		}
	}
	raw, exists := root[key]
	if !exists {
		return fmt.Errorf("%s: has no %s, so it is not the answer of `aws elasticache %s`; it has %s",
			path, key, command, strings.Join(slices.Sorted(maps.Keys(root)), ", "))
	}
	*list = []T{}
	if err := json.Unmarshal(raw, list); err != nil {
		return fmt.Errorf("%s: %s is not as ElastiCache prints it: %w", path, key, err)
	}
	var untyped any
	if err := json.Unmarshal(raw, &untyped); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	a.newer = append(a.newer, newerMembers(reflect.TypeFor[[]T](), untyped, key)...)
	slices.Sort(a.newer)
	a.newer = slices.Compact(a.newer)
	return nil
}

// newerMembers are the members of an answer that a shape does not have, such as "ReplicationGroups.Color".
func newerMembers(shape reflect.Type, value any, path string) (names []string) {
	switch shape.Kind() {
	case reflect.Pointer:
		return newerMembers(shape.Elem(), value, path)
	case reflect.Slice:
		list, _ := value.([]any)
		for _, element := range list {
			names = append(names, newerMembers(shape.Elem(), element, path)...)
		}
	case reflect.Struct:
		object, _ := value.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			field, exists := shape.FieldByName(name)
			if !exists {
				names = append(names, path+"."+name)
				continue
			}
			names = append(names, newerMembers(field.Type, object[name], path+"."+name)...)
		}
	}
	return names
}

// group finds the replication group to adopt.
func (a answers) group(id, path string) (replicationGroup, error) {
	var ids []string
	for _, group := range a.replicationGroups {
		if group.ReplicationGroupId == id {
			return group, nil
		}
		ids = append(ids, group.ReplicationGroupId)
	}
	switch {
	case len(ids) == 0:
		return replicationGroup{}, fmt.Errorf("%s: has no replication group; check the region and the account of the command", path)
	case id != "":
		return replicationGroup{}, fmt.Errorf("%s: has no replication group %q; it has %s", path, id, strings.Join(ids, ", "))
	case len(ids) > 1:
		return replicationGroup{}, fmt.Errorf("%s: has %d replication groups; choose one with --id: %s", path, len(ids), strings.Join(ids,
			", "))
	}
	return a.replicationGroups[0], nil
}

// nodes are the cache clusters of the group.
func (a answers) nodes(groupID string) (nodes []cacheCluster) {
	for _, cluster := range a.cacheClusters {
		if cluster.ReplicationGroupId == groupID {
			nodes = append(nodes, cluster)
		}
	}
	return nodes
}
