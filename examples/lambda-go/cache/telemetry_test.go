package cache

import (
	"testing"

	"github.com/alicebob/miniredis/v2/server"
)

func TestAMetricLineIsInTheEmbeddedMetricFormat(t *testing.T) {
	f := newFixture(t)
	hook(f.redis, "GET", func(p *server.Peer) bool { p.WriteError("LOADING"); return true })
	f.wantSource(t, "k", FromDatabase)
	want := `{"time":"`
	const metric = `{"_aws":{"Timestamp":1795348800000,"CloudWatchMetrics":[{"Namespace":"SecureBase/RedisCache",` +
		`"Dimensions":[["FunctionName"]],"Metrics":[{"Name":"CacheHit","Unit":"Count"},{"Name":"CacheMiss","Unit":"Count"},` +
		`{"Name":"CacheFailure","Unit":"Count"}]}]},"FunctionName":"analytics","CacheHit":0,"CacheMiss":1,"CacheFailure":1,` +
		`"operation":"GET","reason":"server"}` + "\n"
	output := f.output.String()
	if len(output) < len(metric) || output[:len(want)] != want || output[len(output)-len(metric):] != metric {
		t.Errorf("the output is\n%s\nwant a log line and then\n%s", output, metric)
	}
}
