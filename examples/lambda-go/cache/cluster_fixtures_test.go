package cache

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	"github.com/stretchr/testify/require"
)

// lastSlot is the highest hash slot; the first shard of a shardedRedis has the lower half.
const (
	lastSlot = 16383
	midSlot  = lastSlot / 2
)

// shardedRedis is a cluster of two shards. Its nodes answer CLUSTER SLOTS with what the test says, and everything else like a
// Redis of their own.
type shardedRedis struct {
	shards [2]*miniredis.Miniredis

	mu       sync.Mutex
	primary  [2]string // addresses
	replica  [2]string // addresses; "" for none
	asked    int       // how often, for the map of the slots
	redirect map[string]string
	readOnly map[*server.Peer]bool // connections that may read from a replica
}

// newSharded makes a cache in cluster mode whose configuration endpoint is the first shard.
func newSharded(t *testing.T, change ...func(*Options)) (*fixture, *shardedRedis) {
	t.Helper()
	s := &shardedRedis{redirect: map[string]string{}, readOnly: map[*server.Peer]bool{}}
	f := newFixture(t, append([]func(*Options){func(o *Options) { o.ClusterMode = true }}, change...)...)
	f.secrets.set(fmt.Sprintf(`{"auth_token": %q}`, token), nil)
	s.shards = [2]*miniredis.Miniredis{f.redis, newRedis(t, token)}
	for i, shard := range s.shards {
		s.primary[i] = shard.Addr()
		s.serve(shard)
	}
	return f, s
}

// serve makes a node a member of the cluster.
func (s *shardedRedis) serve(node *miniredis.Miniredis) {
	node.Server().SetPreHook(func(peer *server.Peer, command string, args ...string) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch command = strings.ToUpper(command); command {
		case "CLUSTER":
			s.asked++
			s.writeSlots(peer)
		case "READONLY", "ASKING":
			s.readOnly[peer] = command == "READONLY"
			peer.WriteOK()
		default:
			reply := s.redirect[command+" "+node.Addr()]
			if command == "GET" && slices.Contains(s.replica[:], node.Addr()) && !s.readOnly[peer] {
				reply = "MOVED 1 " + s.primary[0]
			}
			if reply != "" {
				peer.WriteError(reply)
			}
			return reply != ""
		}
		return true
	})
}

func (s *shardedRedis) writeSlots(peer *server.Peer) {
	peer.WriteLen(len(s.primary))
	for i, primary := range s.primary {
		nodes := []string{primary}
		if s.replica[i] != "" {
			nodes = append(nodes, s.replica[i])
		}
		peer.WriteLen(2 + len(nodes))
		peer.WriteInt([]int{0, midSlot + 1}[i])
		peer.WriteInt([]int{midSlot, lastSlot}[i])
		for _, node := range nodes {
			host, port, _ := strings.Cut(node, ":")
			number, _ := strconv.Atoi(port)
			peer.WriteLen(3)
			peer.WriteBulk(host)
			peer.WriteInt(number)
			peer.WriteBulk("id-of-" + node)
		}
	}
}

// set changes the cluster.
func (s *shardedRedis) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *shardedRedis) slotsAsked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// fill stores keys and returns those of each shard.
func (s *shardedRedis) fill(t *testing.T, f *fixture) (keys [2][]string) {
	t.Helper()
	for i := range 12 {
		key := fmt.Sprintf("report:v1:%d", i)
		f.wantSource(t, key, FromDatabase)
		for shard, node := range s.shards {
			if node.Exists(key) {
				keys[shard] = append(keys[shard], key)
			}
		}
	}
	require.Len(t, append(keys[0], keys[1]...), 12, "each key is on one shard")
	require.NotEmpty(t, keys[0])
	require.NotEmpty(t, keys[1])
	return keys
}
