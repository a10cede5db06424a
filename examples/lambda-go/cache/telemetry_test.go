package cache

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2/server"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAMetricLineIsInTheEmbeddedMetricFormat(t *testing.T) {
	f := newFixture(t)
	hook(f.redis, "GET", func(p *server.Peer) bool { p.WriteError("LOADING"); return true })
	f.wantSource(t, "k", FromDatabase)
	const metric = `{"_aws":{"Timestamp":1795348800000,"CloudWatchMetrics":[{"Namespace":"SecureBase/RedisCache",` +
		`"Dimensions":[["FunctionName"]],"Metrics":[{"Name":"CacheHit","Unit":"Count"},{"Name":"CacheMiss","Unit":"Count"},` +
		`{"Name":"CacheFailure","Unit":"Count"}]}]},"FunctionName":"analytics","CacheHit":0,"CacheMiss":1,"CacheFailure":1,` +
		`"operation":"GET","reason":"server"}` + "\n"
	output := f.output.String()
	assert.True(t, strings.HasPrefix(output, `{"time":"`), output)
	assert.True(t, strings.HasSuffix(output, metric), output)
}

// A hit is what the cache is for. It may cost the client's own GET and decoding, a metric line, and nothing worth mentioning.
func TestAHitAllocatesLittleMoreThanItsGET(t *testing.T) {
	f := newFixture(t)
	f.wantSource(t, "k", FromDatabase)
	ctx := context.Background()
	_, client, err := f.primary.topology.locate(ctx, "k")
	require.NoError(t, err)
	bare := testing.AllocsPerRun(200, func() {
		text, err := client.Get(ctx, "k").Bytes()
		var value totals
		if err != nil || json.Unmarshal(text, &value) != nil {
			t.Error("the key is not there")
		}
	})
	hit := testing.AllocsPerRun(200, func() { f.wantSource(t, "k", FromCache) })
	assert.LessOrEqual(t, hit-bare, 15.0)
}
