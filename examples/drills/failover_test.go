package drills

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
	"github.com/securebase/cdk-redis-cache/e2e/lambda"
	"github.com/securebase/cdk-redis-cache/e2e/results"
)

const (
	// writeTime is for how long writes go on before an outage: older losses could not be seen.
	writeTime = 1500 * time.Millisecond
	// dropTime is for how long no packet gets through.
	dropTime = 3 * time.Second
	// loadPause leaves the two processors to the servers of both engines.
	loadPause = 20 * time.Millisecond
)

// outage is something that happens to a group with two replicas while the functions serve.
type outage struct {
	name  string
	times int
	// begin returns when it has begun; end puts the group in order.
	begin func(*testing.T, *replicationGroup, *endpointProxy) (end func())
	// lasts is for how long the cache cannot answer, whoever takes over.
	lasts time.Duration
	// harmless outages cost no query of the database.
	harmless bool
	// replicasServe: functions that read from replicas have the cache in less than half the time that the others need.
	replicasServe bool

	recovery, replicaRecovery, database *results.Row
}

var outages = []*outage{
	{name: "Primary killed", times: 5, replicasServe: true, begin: killPrimary},
	{name: "Primary hangs (SIGSTOP)", times: 3, replicasServe: true, begin: hangPrimary},
	{name: "Packets dropped for 3 s", times: 3, begin: dropPackets, lasts: dropTime},
	{name: "Replica killed", times: 2, harmless: true, begin: killReplica},
}

func killPrimary(t *testing.T, group *replicationGroup, _ *endpointProxy) (end func()) {
	killed := group.Primary(t)
	killed.Kill()
	return func() { group.Rejoin(t, killed) }
}

func hangPrimary(t *testing.T, group *replicationGroup, _ *endpointProxy) (end func()) {
	hung := group.Primary(t)
	hung.Suspend()
	return hung.Resume
}

func dropPackets(_ *testing.T, _ *replicationGroup, proxy *endpointProxy) (end func()) {
	stop := proxy.DropPackets()
	time.AfterFunc(dropTime, stop)
	return stop
}

func killReplica(t *testing.T, group *replicationGroup, _ *endpointProxy) (end func()) {
	killed := group.Replica(t)
	killed.Kill()
	return func() { group.Rejoin(t, killed) }
}

var (
	rowRequests = table.Row("9 Failover, two replicas", "Requests of four functions meanwhile; failed or wrong")
	rowLoss     = table.Row("9 Failover, two replicas", "Acknowledged writes lost; age of the oldest: median; worst")
)

func init() {
	for _, o := range outages {
		row := func(shows string) *results.Row {
			return table.Row("9 Failover, two replicas", fmt.Sprintf("%s, %d times: %s", o.name, o.times, shows))
		}
		o.recovery = row("first cached answer, median; worst")
		o.replicaRecovery = row(replicaAnswers)
		o.database = row("requests served by the database, median; worst")
	}
}

// Drill 9: the group fails in several ways while both functions serve, with reads from the primary and from replicas.
func TestDrill9Failover(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		// Both engines wait for the Sentinel most of the time.
		t.Parallel()
		cache := deploy.NewCache(t, engine)
		if !cache.Template.AutomaticFailover {
			t.Fatal("the template has no automatic failover: nothing can take over")
		}
		group := startGroup(t, cache, 3)
		group.StartSentinel(t)
		proxy := startProxy(t, followGroup(t, group))
		s := newStage(t, cache, proxy.Port)

		var ofPrimary, ofReplicas lambda.Loads
		for _, handler := range lambda.Handlers {
			ofPrimary = append(ofPrimary, lambda.StartLoad(t, handler.Start(t, s.Env(t)), lambda.Weeks(20), loadPause))
			ofReplicas = append(ofReplicas, lambda.StartLoad(t, handler.Start(t, s.Env(t).With(fromReplicas)), lambda.Weeks(20), loadPause))
		}
		m := &failoverMeasures{stage: s, group: group, proxy: proxy, ofPrimary: ofPrimary, ofReplicas: ofReplicas}
		for _, o := range outages {
			m.measure(t, engine, o)
			if t.Failed() {
				return
			}
		}
		requests, problems := m.all().StopAndCheck(t)
		rowRequests.Record(t, engine, "%d; %d", requests, problems)
		rowLoss.Record(t, engine, "%d of %d; %s", m.lost, m.acknowledged, medianAndWorst(m.loss))
	})
}

// failoverMeasures collect what the outages of one engine cost.
type failoverMeasures struct {
	stage                 *stage
	group                 *replicationGroup
	proxy                 *endpointProxy
	ofPrimary, ofReplicas lambda.Loads

	lost, acknowledged int
	loss               []time.Duration // age of the oldest lost write, for each outage
}

func (m *failoverMeasures) all() lambda.Loads { return slices.Concat(m.ofPrimary, m.ofReplicas) }

func (m *failoverMeasures) measure(t *testing.T, engine engines.Engine, o *outage) {
	t.Helper()
	var recovery, replicaRecovery []time.Duration
	var database []int
	for range o.times {
		m.group.WaitReady(t)
		m.all().WaitCached(t, time.Now())
		writer := startWriter(t, m.stage.Cache, net.JoinHostPort("127.0.0.1", strconv.Itoa(m.stage.Port)))
		time.Sleep(writeTime)

		end := o.begin(t, m.group, m.proxy)
		began := time.Now() // not earlier: the primary could have answered a request until now
		// A function that never lost the cache has its first answer before the outage is over.
		recovery = append(recovery, max(0, m.ofPrimary.WaitCached(t, began)-o.lasts))
		replicaRecovery = append(replicaRecovery, max(0, m.ofReplicas.WaitCached(t, began)-o.lasts))
		// Writes go on afterwards: those have to be there as well.
		time.Sleep(500 * time.Millisecond)
		database = append(database, m.all().ByDatabase(began))
		writer.Stop()
		m.countLosses(t, writer, began)
		end()
		t.Logf("%s: cached again after %v, from replicas after %v, %d requests served by the database",
			o.name, recovery[len(recovery)-1], replicaRecovery[len(replicaRecovery)-1], database[len(database)-1])
	}
	if worst := slices.Max(database); o.harmless && worst > 0 {
		t.Errorf("%s: %d requests were served by the database", o.name, worst)
	}
	if others, replicas := results.Percentile(recovery, 50), results.Percentile(replicaRecovery, 50); o.replicasServe && 2*replicas >= others {
		t.Errorf("%s: functions that read from replicas have the cache after %v, the others after %v", o.name, replicas, others)
	}
	o.recovery.Record(t, engine, "%s", medianAndWorst(recovery))
	o.replicaRecovery.Record(t, engine, "%s", medianAndWorst(replicaRecovery))
	o.database.Record(t, engine, "%d; %d", results.Percentile(database, 50), slices.Max(database))
}

// countLosses looks for the acknowledged writes in the server that is the primary now.
func (m *failoverMeasures) countLosses(t *testing.T, writer *keyWriter, began time.Time) {
	t.Helper()
	missing, acknowledged := writer.Missing(t, m.stage.Client(t, m.group.Primary(t).Addr()))
	oldest := began
	for _, when := range missing {
		if when.After(began) {
			t.Errorf("a write that was sent %v after the outage began, and acknowledged, is lost", when.Sub(began))
		}
		if when.Before(oldest) {
			oldest = when
		}
	}
	m.lost, m.acknowledged = m.lost+len(missing), m.acknowledged+acknowledged
	m.loss = append(m.loss, began.Sub(oldest))
}

// followGroup leads to the primary, or to one of the replicas, with the delay of a look-up that is cached for a moment.
func followGroup(t *testing.T, group *replicationGroup) func(reader bool) string {
	var primary, replicas atomic.Value
	primary.Store(group.PrimaryAddr())
	replicas.Store(strings.Join(group.ReplicaAddrs(), " "))
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
			if addr := group.PrimaryAddr(); addr != "" {
				primary.Store(addr)
			}
			replicas.Store(strings.Join(group.ReplicaAddrs(), " "))
		}
	}()
	return func(reader bool) string {
		if addrs := strings.Fields(replicas.Load().(string)); reader && len(addrs) > 0 {
			return addrs[rand.IntN(len(addrs))]
		}
		return primary.Load().(string)
	}
}
