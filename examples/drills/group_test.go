package drills

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

const (
	groupName = "cache"
	// downAfter is how long a primary has to be silent before it is given up. ElastiCache does not publish its own.
	downAfter = time.Second
	// failoverTimeout: Sentinel leaves twice this between two failovers of a group.
	failoverTimeout = 2 * time.Second
)

// replicationGroup is a replication group, and a Sentinel that promotes a replica, where ElastiCache has a service of its own.
type replicationGroup struct {
	Servers  []*engines.Server // one of them is the primary
	cache    *deploy.Cache
	sentinel *redis.SentinelClient
}

// startGroup runs a primary with its replicas and waits until they are in sync.
func startGroup(t testing.TB, cache *deploy.Cache, nodes int) *replicationGroup {
	t.Helper()
	g := &replicationGroup{cache: cache}
	for i := range nodes {
		extra := []string{engines.SyncAtOnce}
		if i > 0 {
			extra = append(extra, replicaOf(g.Servers[0]))
		}
		g.Servers = append(g.Servers, cache.Start(t, extra...))
	}
	engines.WaitFor(t, "the replicas are in sync", func() bool { return g.synced(t, g.Servers[0]) })
	return g
}

func replicaOf(primary *engines.Server) string {
	return fmt.Sprintf("replicaof 127.0.0.1 %d", primary.Port)
}

// synced writes and waits for every replica's receipt. INFO calls a replica online before it is sent the first write.
func (g *replicationGroup) synced(t testing.TB, primary *engines.Server) bool {
	ctx := context.Background()
	client := g.cache.Client(t, primary.Addr())
	defer client.Close()
	conn := client.Conn()
	defer conn.Close()
	if err := conn.Set(ctx, "synced", "", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	replicas := int64(len(g.Servers) - 1)
	return engines.Must(conn.Wait(ctx, int(replicas), 100*time.Millisecond).Result())(t) == replicas
}

// StartSentinel watches the group from now on. The Sentinel has a file of its own, as it writes its state into it.
func (g *replicationGroup) StartSentinel(t testing.TB) {
	t.Helper()
	port := engines.FreePort(t)
	config := engines.Config{"bind 127.0.0.1", "daemonize no", "protected-mode no"}
	config.Set("dir", t.TempDir())
	if g.cache.Template.TLS {
		config.Set("port", "0")
		config.Set("tls-port", strconv.Itoa(port))
		config.Set("tls-cert-file", g.cache.Authority.CertFile)
		config.Set("tls-key-file", g.cache.Authority.KeyFile)
		config.Set("tls-ca-cert-file", g.cache.Authority.CAFile)
		config.Set("tls-auth-clients", "no")
		config.Set("tls-replication", "yes")
	} else {
		config.Set("port", strconv.Itoa(port))
	}
	config.Set("sentinel monitor", groupName, "127.0.0.1", strconv.Itoa(g.Servers[0].Port), "1")
	config.Set("sentinel down-after-milliseconds", groupName, strconv.FormatInt(downAfter.Milliseconds(), 10))
	config.Set("sentinel failover-timeout", groupName, strconv.FormatInt(failoverTimeout.Milliseconds(), 10))
	if g.cache.Token != "" {
		config.Set("sentinel auth-pass", groupName, g.cache.Token)
	}
	file := filepath.Join(t.TempDir(), "sentinel.conf")
	if err := os.WriteFile(file, []byte(strings.Join(config, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	process := engines.Must(engines.StartProcess(t, exec.Command(g.cache.Engine.Sentinel, file)))(t)
	if err := process.WaitOutput("+monitor", 10*time.Second); err != nil {
		t.Fatal(err)
	}
	options := g.cache.Options(net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	options.Password = ""
	options.MaxRetries = -1
	options.DisableIdentity = true
	options.Protocol = 2
	g.sentinel = redis.NewSentinelClient(options)
	t.Cleanup(func() { _ = g.sentinel.Close() })
}

// PrimaryAddr is where the Sentinel says the primary is.
func (g *replicationGroup) PrimaryAddr() string {
	addr, err := g.sentinel.GetMasterAddrByName(context.Background(), groupName).Result()
	if err != nil || len(addr) != 2 {
		return ""
	}
	return net.JoinHostPort(addr[0], addr[1])
}

// ReplicaAddrs are the replicas that the Sentinel finds alive and in sync.
func (g *replicationGroup) ReplicaAddrs() (addrs []string) {
	replicas, err := g.sentinel.Replicas(context.Background(), groupName).Result()
	if err != nil {
		return nil
	}
	for _, replica := range replicas {
		if replica["flags"] == "slave" && replica["master-link-status"] == "ok" {
			addrs = append(addrs, net.JoinHostPort(replica["ip"], replica["port"]))
		}
	}
	return addrs
}

// Primary is the server that the Sentinel names.
func (g *replicationGroup) Primary(t testing.TB) *engines.Server {
	t.Helper()
	addr := g.PrimaryAddr()
	for _, server := range g.Servers {
		if server.Addr() == addr {
			return server
		}
	}
	t.Fatalf("the Sentinel names no server of the group: %q", addr)
	return nil
}

// Replica is a server that the Sentinel does not name.
func (g *replicationGroup) Replica(t testing.TB) *engines.Server {
	t.Helper()
	primary := g.Primary(t)
	if g.Servers[0] == primary {
		return g.Servers[1]
	}
	return g.Servers[0]
}

// Rejoin starts a killed server again on its port, as a replica of the new primary.
func (g *replicationGroup) Rejoin(t testing.TB, killed *engines.Server) {
	t.Helper()
	primary := g.Primary(t)
	for i, server := range g.Servers {
		if server == killed {
			config := append(g.cache.Config(), engines.SyncAtOnce, replicaOf(primary))
			g.Servers[i] = engines.Must(g.cache.Engine.TryStart(t, killed.Port, config))(t)
		}
	}
}

// WaitReady waits until every replica is in sync and the Sentinel would promote one.
func (g *replicationGroup) WaitReady(t testing.TB) {
	t.Helper()
	engines.WaitFor(t, "the group is ready for a failover", func() bool {
		return len(g.ReplicaAddrs()) == len(g.Servers)-1 && g.synced(t, g.Primary(t))
	})
}
