package drills

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
	"github.com/securebase/cdk-redis-cache/e2e/results"
)

const drill11 = "11 Cluster mode, three shards with a replica each"

var (
	rowSpread       = table.Row(drill11, "Answers on each shard; requests answered from the cache when asked again")
	rowsReplicas    = table.Rows(drill11, "requests answered by replicas; by primaries", "Go", "Python")
	rowPromotion    = table.Row(drill11, "Each primary killed in turn: its replica promoted, median; worst")
	rowShardKilled  = table.Row(drill11, "Each primary killed in turn: first cached answer of its slots, median; worst")
	rowShardReaders = table.Row(drill11, "Each primary killed in turn: "+replicaAnswers)
	rowShardCost    = table.Row(drill11, "Each primary killed in turn: "+
		"requests served by the database, median; worst; for answers on other shards")
	rowHalfMoved   = table.Row(drill11, "A slot half-way to another shard: commands redirected by ASK; afterwards by MOVED")
	rowResharded   = table.Row(drill11, "A fourth shard added: slots moved, in; commands redirected by MOVED")
	rowReshardCost = table.Row(drill11, "A fourth shard added: "+
		"requests meanwhile; served by the database, of functions that read from primaries; from replicas")
	rowShardedLoad = table.Row(drill11, "Requests of four functions meanwhile; failed or wrong")
	rowLeastDenied = table.Row(drill11, "Two of them log in as a user with this access string; commands and keys denied")
)

// clusterStage is a cluster, the functions' queries, and a configuration endpoint, which leads to any node.
type clusterStage struct {
	*stage
	*cluster
	queries []lambda.Query
}

func newClusterStage(t testing.TB, engine engines.Engine) *clusterStage {
	t.Helper()
	cache := deploy.NewCacheOf(t, engine, engines.Must(shardedTemplate())(t))
	c := startCluster(t, cache)
	endpoint := startProxy(t, func(bool) string { return c.living().Addr() })
	return &clusterStage{newStage(t, cache, endpoint.Port), c, lambda.Weeks(60)}
}

// Env is the configuration of a function that is connected to a cache in cluster mode.
func (s *clusterStage) Env(t testing.TB) lambda.Env {
	return s.stage.Env(t).With(lambda.Env{"REDIS_CLUSTER_MODE": "true"})
}

// Drill 11: the example functions on a cluster of three shards that loses primaries and gets a fourth shard while they serve.
func TestDrill11ClusterMode(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		// Both engines wait for the failovers most of the time.
		t.Parallel()
		s := newClusterStage(t, engine)
		spread(t, engine, s)
		readReplicas(t, engine, s)

		l := &shardedLoad{clusterStage: s}
		for _, handler := range lambda.Handlers {
			env := s.Env(t)
			l.ofPrimaries = append(l.ofPrimaries, lambda.StartLoad(t, handler.Start(t, env), s.queries, loadPause))
			env = env.With(fromReplicas).With(lambda.Env{"REDIS_USER": leastUser})
			l.ofReplicas = append(l.ofReplicas, lambda.StartLoad(t, handler.Start(t, env), s.queries, loadPause))
		}
		l.killPrimaries(t, engine)
		l.moveSlot(t, engine)
		l.addShard(t, engine)
		requests, problems := l.all().StopAndCheck(t)
		rowShardedLoad.Record(t, engine, "%d; %d", requests, problems)
		denied := s.denied(t)
		if len(denied) > 0 {
			t.Errorf("the user with least access was denied %v", denied)
		}
		rowLeastDenied.Record(t, engine, "`%s`; %d", strings.ReplaceAll(leastAccess, "|", `\|`), len(denied))
	})
}

// spread has each function store half of the answers, and both find all of them.
func spread(t *testing.T, engine engines.Engine, s *clusterStage) {
	var functions []*lambda.Function
	for i, handler := range lambda.Handlers {
		f := handler.Start(t, s.Env(t))
		for j := i; j < len(s.queries); j += len(lambda.Handlers) {
			lambda.Ask(t, f, s.queries[j], lambda.FromDatabase)
		}
		functions = append(functions, f)
	}
	var onShards []int
	for _, shard := range s.Shards(t) {
		keys := int(engines.Must(shard.Primary.client.DBSize(context.Background()).Result())(t))
		if want := len(s.Of(t, shard, s.queries)); keys != want || keys == 0 {
			t.Errorf("%d answers are on a shard that has the slots of %d", keys, want)
		}
		onShards = append(onShards, keys)
	}
	hits := 0
	for _, f := range functions {
		logged := len(f.Output())
		for _, q := range s.queries {
			lambda.Ask(t, f, q, lambda.FromCache)
		}
		metrics, reasons := f.Logged(t, logged, len(s.queries))
		if metrics.CacheFailure != 0 {
			t.Errorf("logged %+v and the failures %v", metrics, reasons)
		}
		hits += metrics.CacheHit
	}
	rowSpread.Record(t, engine, "%d, %d, %d; %d of %d", onShards[0], onShards[1], onShards[2], hits, len(s.queries)*len(functions))
}

// readReplicas has functions that may read from replicas do so on every shard, and lose a replica at no cost.
func readReplicas(t *testing.T, engine engines.Engine, s *clusterStage) {
	s.WaitReady(t, numNodeGroups)
	for _, handler := range lambda.Handlers {
		primaries, replicas := s.gets(t)
		f := handler.Start(t, s.Env(t).With(fromReplicas))
		for _, q := range s.queries {
			lambda.Ask(t, f, q, lambda.FromCache)
		}
		nowPrimaries, nowReplicas := s.gets(t)
		for i := range replicas {
			if nowReplicas[i] == replicas[i] {
				t.Errorf("the replica of shard %d served no read", i)
			}
		}
		byPrimaries, byReplicas := sum(nowPrimaries)-sum(primaries), sum(nowReplicas)-sum(replicas)
		if byPrimaries != 0 || byReplicas != len(s.queries) {
			t.Errorf("the replicas served %d reads and the primaries %d, of %d", byReplicas, byPrimaries, len(s.queries))
		}
		rowsReplicas[handler.Name].Record(t, engine, "%d; %d", byReplicas, byPrimaries)

		shard := s.Shards(t)[0]
		shard.Replicas[0].Kill()
		for _, q := range s.queries {
			lambda.Ask(t, f, q, lambda.FromCache) // a lost replica costs no database query
		}
		s.Rejoin(t, shard.Replicas[0])
		s.WaitReady(t, numNodeGroups)
	}
}

// gets counts the reads that each primary and each replica has served.
func (s *clusterStage) gets(t *testing.T) (primaries, replicas []int) {
	t.Helper()
	for _, shard := range s.Shards(t) {
		primaries = append(primaries, gets(t, s.Cache, shard.Primary.Server))
		replicas = append(replicas, gets(t, s.Cache, shard.Replicas[0].Server))
	}
	return primaries, replicas
}

func sum(numbers []int) (total int) {
	for _, n := range numbers {
		total += n
	}
	return total
}

// shardedLoad is the cluster under the requests of both functions, with reads from primaries and from replicas.
type shardedLoad struct {
	*clusterStage
	ofPrimaries, ofReplicas lambda.Loads
}

func (l *shardedLoad) all() lambda.Loads { return slices.Concat(l.ofPrimaries, l.ofReplicas) }

// killPrimaries kills the primary of one shard after the other, and starts it again once its replica has taken over.
func (l *shardedLoad) killPrimaries(t *testing.T, engine engines.Engine) {
	var promotion, recovery, ofReaders []time.Duration
	var ofShard, ofOthers []int
	for i := range numNodeGroups {
		l.WaitReady(t, numNodeGroups)
		l.all().WaitCached(t, time.Now())
		shards := l.Shards(t)
		killed, promoted := shards[i].Primary, shards[i].Replicas[0]
		own := l.Of(t, shards[i], l.queries)
		others := slices.DeleteFunc(slices.Clone(l.queries), func(q lambda.Query) bool { return slices.Contains(own, q) })

		killed.Kill()
		began := time.Now()
		engines.WaitFor(t, "the replica is the primary", func() bool {
			return slices.ContainsFunc(l.Shards(t), func(shard *nodeGroup) bool { return shard.Primary == promoted })
		})
		promotion = append(promotion, time.Since(began))
		recovery = append(recovery, l.ofPrimaries.WaitCached(t, began, own...))
		ofReaders = append(ofReaders, l.ofReplicas.WaitCached(t, began, own...))
		ofShard = append(ofShard, l.all().ByDatabase(began, own...))
		ofOthers = append(ofOthers, l.all().ByDatabase(began, others...))
		l.Rejoin(t, killed)
		t.Logf("shard %d: promoted after %v, cached again after %v, from replicas after %v; by the database %d, of other shards %d",
			i, promotion[i], recovery[i], ofReaders[i], ofShard[i], ofOthers[i])
	}
	l.WaitReady(t, numNodeGroups)
	if n := sum(ofOthers); n != 0 {
		t.Errorf("%d requests for answers on other shards were served by the database", n)
	}
	rowPromotion.Record(t, engine, "%s", medianAndWorst(promotion))
	rowShardKilled.Record(t, engine, "%s", medianAndWorst(recovery))
	rowShardReaders.Record(t, engine, "%s", medianAndWorst(ofReaders))
	rowShardCost.Record(t, engine, "%d; %d; %d", results.Percentile(ofShard, 50), slices.Max(ofShard), sum(ofOthers))
}
