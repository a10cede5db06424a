package drills

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
)

// The size of the cluster: a primary and a replica in each node group.
const (
	numNodeGroups        = 3
	replicasPerNodeGroup = 1
)

// nodeTimeout is how long a node has to be silent before the others give it up. ElastiCache does not publish its own.
const nodeTimeout = 2 * time.Second

// leastUser may do what the example functions need in cluster mode, and nothing else: what drill 6 finds, and ASKING, which a
// client needs only while a slot moves.
const (
	leastUser   = "least"
	leastAccess = "on ~analytics:* +asking +cluster|slots +command +get +ping +readonly +set"
)

// memory is a folder that is on no disk: a node writes its map of the slots at every change, and waits until the disk has it.
const memory = "/dev/shm"

// shardedTemplate is that of the production environment with shards.
var shardedTemplate = sync.OnceValues(func() (*deploy.Template, error) {
	return deploy.Synth("sharded", map[string]any{
		"basedOn":     "prod",
		"clusterMode": map[string]any{"numNodeGroups": numNodeGroups, "replicasPerNodeGroup": replicasPerNodeGroup},
	})
})

// cluster is a replication group in cluster mode. Its nodes find each other, and promote a replica, by themselves.
type cluster struct {
	cache *deploy.Cache
	nodes []*node
}

// node is a server of the cluster. Its folder has what it knows of the cluster when it starts again.
type node struct {
	*engines.Server
	folder string
	client *redis.Client
}

// nodeGroup is a node group: the primary of some slots, and its replicas.
type nodeGroup struct {
	Primary  *node
	Replicas []*node
	Slots    []redis.SlotRange
}

// startCluster runs the template's node groups and waits until their replicas are in sync.
func startCluster(t testing.TB, cache *deploy.Cache) *cluster {
	t.Helper()
	const nodes = numNodeGroups * (1 + replicasPerNodeGroup)
	if !cache.ClusterEnabled() || cache.Template.NodeGroups != numNodeGroups || cache.Template.Nodes != nodes {
		t.Fatalf("the template has %d nodes in %d shards, not %d in %d", cache.Template.Nodes, cache.Template.NodeGroups, nodes, numNodeGroups)
	}
	c := &cluster{cache: cache}
	create := []string{"create"}
	for range cache.Template.Nodes {
		n := c.newNode(t)
		c.nodes, create = append(c.nodes, n), append(create, n.Addr())
	}
	c.cli(t, append(create, "--cluster-replicas", strconv.Itoa(replicasPerNodeGroup), "--cluster-yes")...)
	c.WaitReady(t, numNodeGroups)
	return c
}

// newNode starts a node that no other knows yet.
func (c *cluster) newNode(t testing.TB) *node {
	t.Helper()
	n := &node{folder: engines.Must(os.MkdirTemp(memory, "node"))(t)}
	t.Cleanup(func() { _ = os.RemoveAll(n.folder) })
	c.start(t, n, engines.FreePort(t))
	n.client = c.cache.Client(t, n.Addr())
	return n
}

func (c *cluster) start(t testing.TB, n *node, port int) {
	t.Helper()
	// A replica is in the map of the slots only after the first ping of its primary.
	config := append(c.cache.Config(), engines.SyncAtOnce, "repl-ping-replica-period 1")
	config.Set("dir", n.folder)
	config.Set("cluster-node-timeout", strconv.FormatInt(nodeTimeout.Milliseconds(), 10))
	// ElastiCache's own default: a lost shard costs its own keys only.
	config.Set("cluster-require-full-coverage", "no")
	// Beside the template's login, and with the same token, so that a function with the template's secret can be either.
	config = append(config, "user "+leastUser+" "+leastAccess+" >"+c.cache.Token)
	n.Server = engines.Must(c.cache.Engine.TryStart(t, port, config))(t)
}

// Rejoin starts a killed node again. It finds that another is the primary, and becomes its replica.
func (c *cluster) Rejoin(t testing.TB, killed *node) {
	t.Helper()
	c.start(t, killed, killed.Port)
}

// cli runs a command of the engine's own cluster manager.
func (c *cluster) cli(t testing.TB, command ...string) {
	t.Helper()
	arguments := append([]string{"--tls", "--cacert", c.cache.Authority.CAFile, "--cluster"}, command...)
	manager := exec.CommandContext(t.Context(), c.cache.Engine.CLI, arguments...)
	manager.Env = append(os.Environ(), "REDISCLI_AUTH="+c.cache.Token)
	if out, err := manager.CombinedOutput(); err != nil {
		t.Fatalf("%s --cluster %s: %v\n%s", c.cache.Engine.CLI, command[0], err, engines.LastLines(string(out), 12))
	}
}

// Map is the cluster as a node sees it: the shards that have slots, in their order. A node that has failed is not in it.
func (c *cluster) Map(n *node) (shards []*nodeGroup, err error) {
	described, err := n.client.ClusterShards(context.Background()).Result()
	if err != nil {
		return nil, err
	}
	for _, d := range described {
		if len(d.Slots) == 0 {
			continue
		}
		shard := &nodeGroup{Slots: d.Slots}
		for _, member := range d.Nodes {
			switch found := c.at(int(cmp.Or(member.TLSPort, member.Port))); {
			case member.Role == "master":
				shard.Primary = found
			case member.Health == "online":
				shard.Replicas = append(shard.Replicas, found)
			}
		}
		shards = append(shards, shard)
	}
	slices.SortFunc(shards, func(a, b *nodeGroup) int { return cmp.Compare(a.Slots[0].Start, b.Slots[0].Start) })
	return shards, nil
}

// Shards are the shards as a living node sees them.
func (c *cluster) Shards(t testing.TB) []*nodeGroup {
	t.Helper()
	return engines.Must(c.Map(c.living()))(t)
}

func (c *cluster) at(port int) *node {
	i := slices.IndexFunc(c.nodes, func(n *node) bool { return n.Port == port })
	if i < 0 {
		return nil
	}
	return c.nodes[i]
}

func (c *cluster) living() *node {
	alive := slices.DeleteFunc(slices.Clone(c.nodes), func(n *node) bool { return !n.Alive() })
	return alive[rand.IntN(len(alive))]
}

// Has reports whether a slot is on this shard.
func (shard *nodeGroup) Has(slot int64) bool {
	return slices.ContainsFunc(shard.Slots, func(ranged redis.SlotRange) bool {
		return ranged.Start <= slot && slot <= ranged.End
	})
}

// Of are the queries whose answers are kept on a shard.
func (c *cluster) Of(t testing.TB, shard *nodeGroup, queries []lambda.Query) (kept []lambda.Query) {
	t.Helper()
	for _, q := range queries {
		if shard.Has(c.Slot(t, q)) {
			kept = append(kept, q)
		}
	}
	return kept
}

// Slot is the hash slot of a query's answer.
func (c *cluster) Slot(t testing.TB, q lambda.Query) int64 {
	t.Helper()
	return engines.Must(c.living().client.ClusterKeySlot(context.Background(), q.Key()).Result())(t)
}

// WaitReady waits until all nodes see the same shards, each with a replica that has every key of its primary.
func (c *cluster) WaitReady(t testing.TB, shards int) {
	t.Helper()
	engines.WaitFor(t, fmt.Sprintf("%d shards are ready for a failover", shards), func() bool {
		var first string
		for _, n := range c.nodes {
			seen, err := c.Map(n)
			if err != nil || len(seen) != shards {
				return false
			}
			described := ""
			for _, shard := range seen {
				if len(shard.Replicas) != replicasPerNodeGroup || shard.Primary == nil || shard.Replicas[0] == nil || !copied(shard) {
					return false
				}
				described += fmt.Sprintln(shard.Primary.Port, shard.Replicas[0].Port, shard.Slots)
			}
			if first = cmp.Or(first, described); described != first {
				return false
			}
		}
		return true
	})
}

func copied(shard *nodeGroup) bool {
	ctx := context.Background()
	info, err := shard.Replicas[0].client.Info(ctx, "replication").Result()
	if err != nil || !strings.Contains(info, "master_link_status:up") {
		return false
	}
	want, err := shard.Primary.client.DBSize(ctx).Result()
	got, replicaErr := shard.Replicas[0].client.DBSize(ctx).Result()
	return err == nil && replicaErr == nil && got == want
}

// denied are the commands and keys that a user was denied.
func (c *cluster) denied(t testing.TB) (denied []string) {
	t.Helper()
	for _, n := range c.nodes {
		for _, entry := range engines.Must(n.client.ACLLog(context.Background(), 100).Result())(t) {
			denied = append(denied, entry.Username+": "+entry.Reason+" "+entry.Object)
		}
	}
	return denied
}

// redirected counts the commands that the living nodes have answered with MOVED or ASK.
func (c *cluster) redirected(t testing.TB, kind string) (count int) {
	t.Helper()
	for _, n := range c.nodes {
		stats := engines.Must(n.client.InfoMap(context.Background(), "errorstats").Result())(t)
		var errors int
		_, _ = fmt.Sscanf(stats["Errorstats"]["errorstat_"+kind], "count=%d", &errors)
		count += errors
	}
	return count
}
