package rediscache_test

import (
	"encoding/csv"
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"pgregory.net/rapid"

	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/proptest"
)

// Random valid props always make a cache that keeps its promises, and random props with one mistake always make a
// ValidationError that names it.

func TestRandomValidPropsKeepThePromises(t *testing.T) {
	proptest.Check(t, 30, func(t *rapid.T) {
		d := drawProps(t, newStack(newApp(), "Test"))
		d.make()
		d.check(t)
	})
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

// text is a literal or a parameter's value.
func (d *drawn) text(t *rapid.T, id string, literal *rapid.Generator[string]) *string {
	if proptest.DrawsToken(t, id) {
		return awscdk.NewCfnParameter(d.stack, jsii.String("Parameter"+id), nil).ValueAsString()
	}
	return jsii.String(literal.Draw(t, id))
}

// number is a literal or a parameter's value.
func (d *drawn) number(t *rapid.T, id string, least, most int) *float64 {
	if proptest.DrawsToken(t, id) {
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
