package rediscache_test

import (
	"encoding/csv"
	"flag"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
)

// Random valid props always make a cache that keeps its promises, and random props with one mistake always make a
// ValidationError that names it.

func TestRandomValidPropsKeepThePromises(t *testing.T) {
	checkProperty(t, 80, func(t *rapid.T) {
		d := drawProps(t, newStack(newApp(), "Test"))
		d.make()
		d.check(t)
	})
}

// checkProperty runs a property so many times, or as -rapid.checks says, and logs the seed, which repeats the run.
func checkProperty(t *testing.T, checks int, property func(t *rapid.T)) {
	t.Helper()
	given := givenFlags()
	for name, value := range map[string]string{
		"rapid.checks": strconv.Itoa(checks), "rapid.seed": strconv.FormatUint(uint64(time.Now().UnixNano()), 10),
		"rapid.nofailfile": "true", "rapid.shrinktime": "10s",
	} {
		if !given[name] {
			require.NoError(t, flag.Set(name, value))
		}
	}
	t.Logf("-rapid.checks=%s -rapid.seed=%s", flag.Lookup("rapid.checks").Value, flag.Lookup("rapid.seed").Value)
	rapid.Check(t, property)
}

var givenFlags = sync.OnceValue(func() map[string]bool {
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return given
})

// runExample runs f once with what a seed draws. What f panics with is kept from rapid, which would try again.
func runExample(seed int, f func(t *rapid.T)) {
	var failure any
	rapid.Custom(func(t *rapid.T) bool {
		defer func() { failure = recover() }()
		f(t)
		return true
	}).Example(seed)
	if failure != nil {
		panic(failure)
	}
}

// drawn are props, and what is to be seen of them in the template.
type drawn struct {
	*props
	stack     awscdk.Stack
	nodes     int               // of all node groups
	shards    int               // 0: cluster mode disabled
	replicas  int               // of a shard
	nodeType  map[string]string // its row in the catalog; empty for a token
	engine    string            // redis or valkey
	major     int               // of its version; 0 for a token
	engineLog bool
	metrics   []string // that have an alarm on each node
	login     string   // the kind of Authentication
	token     string   // how the group gets its token: "", generated, own
	stored    bool     // the token is in the connection secret
	scaling   []scaling
}

func (d *drawn) make() rediscache.RedisCache {
	cache := rediscache.NewRedisCache(d.stack, jsii.String("Cache"), d.props)
	for _, s := range d.scaling {
		s.call(cache)
	}
	return cache
}

// draws tells whether a property is given.
func draws(t *rapid.T, label string) bool { return rapid.Bool().Draw(t, label+" given") }

// drawsToken is seldom true: most values are literals.
func drawsToken(t *rapid.T, label string) bool {
	return rapid.IntRange(0, 5).Draw(t, label+" is a token") == 5
}

func oneOf[V any](t *rapid.T, label string, from ...V) V {
	return rapid.SampledFrom(from).Draw(t, label)
}

// text is a literal or a parameter's value.
func (d *drawn) text(t *rapid.T, id string, literal *rapid.Generator[string]) *string {
	if drawsToken(t, id) {
		return awscdk.NewCfnParameter(d.stack, jsii.String("Parameter"+id), nil).ValueAsString()
	}
	return jsii.String(literal.Draw(t, id))
}

// number is a literal or a parameter's value.
func (d *drawn) number(t *rapid.T, id string, least, most int) *float64 {
	if drawsToken(t, id) {
		return awscdk.NewCfnParameter(d.stack, jsii.String("Parameter"+id), &awscdk.CfnParameterProps{
			Type: jsii.String("Number"), Default: least,
		}).ValueAsNumber()
	}
	return jsii.Number(rapid.IntRange(least, most).Draw(t, id))
}

// tableRows are the rows of a table of the catalog, by column. The tables are read here once more, so that a mistake in
// how the catalog reads them is found.
func tableRows(table string) (rows []map[string]string) {
	file, err := os.Open("../../internal/catalog/" + table + ".csv")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		panic(err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}
