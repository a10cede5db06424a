package emulator_test

import (
	"context"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/elasticache"
	"github.com/aws/aws-sdk-go-v2/service/elasticache/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/emulator"
)

func config() sdk.Config {
	return sdk.Config{
		Region:       emulator.Region,
		BaseEndpoint: sdk.String(aws.URL()),
		Credentials: sdk.CredentialsProviderFunc(func(context.Context) (sdk.Credentials, error) {
			return sdk.Credentials{AccessKeyID: emulator.Account, SecretAccessKey: "emulator"}, nil
		}),
	}
}

func cloudFormation() *cloudformation.Client { return cloudformation.NewFromConfig(config()) }
func cloudWatch() *cloudwatch.Client         { return cloudwatch.NewFromConfig(config()) }
func elastiCache() *elasticache.Client       { return elasticache.NewFromConfig(config()) }
func keys() *kms.Client                      { return kms.NewFromConfig(config()) }
func secrets() *secretsmanager.Client        { return secretsmanager.NewFromConfig(config()) }

// replicationGroup is the one of that id, as ElastiCache describes it.
func replicationGroup(t *testing.T, id string) types.ReplicationGroup {
	t.Helper()
	found, err := elastiCache().DescribeReplicationGroups(t.Context(), &elasticache.DescribeReplicationGroupsInput{ReplicationGroupId: &id})
	require.NoError(t, err)
	require.Len(t, found.ReplicationGroups, 1)
	return found.ReplicationGroups[0]
}

// createdAt is when the first node of a replication group was created: another time is another group, also under its id.
func createdAt(t *testing.T, id string) time.Time {
	t.Helper()
	found, err := elastiCache().DescribeCacheClusters(t.Context(), &elasticache.DescribeCacheClustersInput{
		CacheClusterId: &replicationGroup(t, id).MemberClusters[0],
	})
	require.NoError(t, err)
	require.Len(t, found.CacheClusters, 1)
	return *found.CacheClusters[0].CacheClusterCreateTime
}

// keptState is what the emulator keeps of a replication group and tells nobody: the tokens among others.
type keptState struct {
	EngineVersion           string
	CacheParameterGroupName string
	Tokens                  []string `json:"_auth_tokens"`
}

// leftovers are the names of everything that ElastiCache and Secrets Manager still have, except ElastiCache's own.
func leftovers(t *testing.T) []string {
	t.Helper()
	names := []string{}
	add := func(name *string) {
		if !isDefault(*name) {
			names = append(names, *name)
		}
	}
	groups, err := elastiCache().DescribeReplicationGroups(t.Context(), nil)
	require.NoError(t, err)
	for _, g := range groups.ReplicationGroups {
		add(g.ReplicationGroupId)
	}
	parameters, err := elastiCache().DescribeCacheParameterGroups(t.Context(), nil)
	require.NoError(t, err)
	for _, g := range parameters.CacheParameterGroups {
		add(g.CacheParameterGroupName)
	}
	subnets, err := elastiCache().DescribeCacheSubnetGroups(t.Context(), nil)
	require.NoError(t, err)
	for _, g := range subnets.CacheSubnetGroups {
		add(g.CacheSubnetGroupName)
	}
	users, err := elastiCache().DescribeUsers(t.Context(), nil)
	require.NoError(t, err)
	for _, u := range users.Users {
		add(u.UserId)
	}
	userGroups, err := elastiCache().DescribeUserGroups(t.Context(), nil)
	require.NoError(t, err)
	for _, g := range userGroups.UserGroups {
		add(g.UserGroupId)
	}
	found, err := secrets().ListSecrets(t.Context(), nil)
	require.NoError(t, err)
	for _, s := range found.SecretList {
		add(s.Name)
	}
	return names
}

func stateOf(t *testing.T, replicationGroupID string) keptState {
	t.Helper()
	var elasticache struct {
		Groups struct{ Data map[string]keptState } `json:"replication_groups"`
	}
	require.NoError(t, aws.State("elasticache", &elasticache))
	state, ok := elasticache.Groups.Data[emulator.Account+"\x00"+emulator.Region+"\x00'"+replicationGroupID+"'"]
	require.True(t, ok, "the emulator keeps no replication group %s", replicationGroupID)
	return state
}

func isDefault(name string) bool { return name == "default" || strings.HasPrefix(name, "default.") }
