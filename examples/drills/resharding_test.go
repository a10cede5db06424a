package drills

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// moveSlot moves one slot by hand and stops half-way, where the old shard still owns the slot and the new one has its keys: a
// slot is so for milliseconds only when the cluster manager moves it.
func (l *shardedLoad) moveSlot(t *testing.T, engine engines.Engine) {
	ctx := context.Background()
	shards := l.Shards(t)
	from, to := shards[0].Primary, shards[1].Primary
	q := l.Of(t, shards[0], l.queries)[0]
	slot := l.Slot(t, q)
	run := func(n *node, args ...any) {
		t.Helper()
		if err := n.client.Do(ctx, args...).Err(); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
	}
	fromID, toID := engines.Must(from.client.ClusterMyID(ctx).Result())(t), engines.Must(to.client.ClusterMyID(ctx).Result())(t)
	asked, moved := l.redirected(t, "ASK"), l.redirected(t, "MOVED")

	began := time.Now()
	run(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", fromID)
	run(from, "CLUSTER", "SETSLOT", slot, "MIGRATING", toID)
	migrate := []any{"MIGRATE", "127.0.0.1", to.Port, "", 0, 5000, "AUTH", l.Token, "KEYS"}
	for _, key := range engines.Must(from.client.ClusterGetKeysInSlot(ctx, int(slot), 100).Result())(t) {
		migrate = append(migrate, key)
	}
	run(from, migrate...)
	halfMoved := time.Now()
	l.ofPrimaries.WaitCached(t, halfMoved, q)
	for _, load := range l.ofReplicas {
		// The database may answer these: a replica of Redis 7 does not know that the slot is on the move.
		engines.WaitFor(t, "a function that reads from replicas answers", func() bool { return len(load.Since(halfMoved, q)) > 0 })
	}
	asked = l.redirected(t, "ASK") - asked
	// The new primary first: it has to own the slot when the old one sends its clients there.
	run(to, "CLUSTER", "SETSLOT", slot, "NODE", toID)
	run(from, "CLUSTER", "SETSLOT", slot, "NODE", toID)
	l.all().WaitCached(t, time.Now(), q)
	moved = l.redirected(t, "MOVED") - moved
	if asked == 0 || moved == 0 {
		t.Errorf("%d requests were redirected by ASK and %d by MOVED", asked, moved)
	}
	if n := l.ofPrimaries.ByDatabase(began); n != 0 {
		t.Errorf("%d requests of functions that read from primaries were served by the database", n)
	}
	rowHalfMoved.Record(t, engine, "%d; %d", asked, moved)
}

// addShard does what ElastiCache does for one more node group: a primary and a replica join, and get a fair share of the slots.
func (l *shardedLoad) addShard(t *testing.T, engine engines.Engine) {
	l.WaitReady(t, numNodeGroups)
	first := l.nodes[0]
	primary, replica := l.newNode(t), l.newNode(t)
	l.cli(t, "add-node", primary.Addr(), first.Addr())
	id := engines.Must(primary.client.ClusterMyID(context.Background()).Result())(t)
	engines.WaitFor(t, "the nodes know the new primary", func() bool { return l.allKnow(id) })
	engines.WaitFor(t, "the new primary serves", func() bool {
		return strings.Contains(primary.client.ClusterInfo(context.Background()).Val(), "cluster_state:ok")
	})
	l.cli(t, "add-node", replica.Addr(), first.Addr(), "--cluster-slave", "--cluster-master-id", id)
	l.nodes = append(l.nodes, primary, replica)

	moved, began := l.redirected(t, "MOVED"), time.Now()
	l.cli(t, "rebalance", first.Addr(), "--cluster-use-empty-masters", "--cluster-pipeline", "100")
	took := time.Since(began)
	l.WaitReady(t, numNodeGroups+1)
	l.all().WaitCached(t, time.Now())
	moved = l.redirected(t, "MOVED") - moved
	var slots int64
	for _, shard := range l.Shards(t) {
		own := l.Of(t, shard, l.queries)
		if len(own) == 0 {
			t.Error("a shard has no answers")
			continue
		}
		l.all().WaitCached(t, time.Now(), own...)
		if shard.Primary == primary {
			for _, ranged := range shard.Slots {
				slots += ranged.End - ranged.Start + 1
			}
		}
	}
	fromDatabase := l.ofPrimaries.ByDatabase(began)
	if fromDatabase != 0 {
		t.Errorf("%d requests of functions that read from primaries were served by the database", fromDatabase)
	}
	if slots < 4000 || moved == 0 {
		t.Errorf("the new shard has %d slots, and %d requests were redirected", slots, moved)
	}
	requests := 0
	for _, load := range l.all() {
		requests += len(load.Since(began))
	}
	rowResharded.Record(t, engine, "%d, %.1f s; %d", slots, took.Seconds(), moved)
	rowReshardCost.Record(t, engine, "%d; %d; %d", requests, fromDatabase, l.ofReplicas.ByDatabase(began))
}

// allKnow reports whether every node knows the node with this id.
func (c *cluster) allKnow(id string) bool {
	for _, n := range c.nodes {
		if nodes, err := n.client.ClusterNodes(context.Background()).Result(); err != nil || !strings.Contains(nodes, id) {
			return false
		}
	}
	return true
}
