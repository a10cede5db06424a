package catalog

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTablesAreComplete(t *testing.T) {
	assert.Len(t, NodeTypeNames(), 94)
	assert.Len(t, NodeTypes(), 94+18)
	assert.Len(t, Engines(), 13)
	counts := map[string]int{}
	for family := range families() {
		counts[family] = len(Parameters(family))
	}
	assert.Equal(t, map[string]int{"redis6.x": 66, "redis7": 68, "valkey7": 68, "valkey8": 71, "valkey9": 72}, counts)
}

func TestEveryRowHasItsSource(t *testing.T) {
	for file, table := range map[string]string{
		"engine-versions.csv": engineVersionsCsv, "node-types.csv": nodeTypesCsv, "families.csv": familiesCsv, "parameters.csv": parametersCsv,
	} {
		for _, r := range readTable(file, table) {
			assert.NotEmpty(t, r.text("source"), "%s, line %d", file, r.line)
		}
	}
}

func TestABadTablePanicsWithItsFileAndLine(t *testing.T) {
	engineColumns := "engine,version,parameter_group_family,slow_log,engine_log,iam_auth,users,end_of_standard_support,rolls_back_to\n"
	engineRow := "redis,7.1,redis7,true,true,true,true,,\n"
	nodeColumns := "node_type,vcpu,maxmemory_bytes,ssd_gib,baseline_gbps,burst_gbps,burstable,baseline_cpu_percent,cpu_credit_balance," +
		"data_tiering,current_generation,retired,architecture,oldest_redis,oldest_valkey,auto_scaling_redis,auto_scaling_valkey\n"
	nodeRow := "cache.r9g.large,2,1,,1,,false,,false,false,true,false,arm64,7.1,7.2,,\n"
	parameterColumns, parameterRow := "family,name,type,allowed_values,default,modifiable,at_creation,disputed,since,owned\n",
		"redis7,p,integer,1-,1,true,false,false,,\n"
	parseEngineTable := func(table string) { parseEngines(readTable("t.csv", table)) }
	parseNodeTable := func(table string) { parseNodeTypes(readTable("t.csv", table)) }
	parseParameterTable := func(table string) { parseParameters(readTable("t.csv", table)) }
	assert.NotPanics(t, func() { parseEngineTable(engineColumns + engineRow) })
	assert.NotPanics(t, func() { parseNodeTable(nodeColumns + nodeRow) })
	assert.NotPanics(t, func() { parseParameterTable(parameterColumns + parameterRow) })
	for _, test := range []struct {
		name  string
		parse func(table string)
		table string
		want  string
	}{
		{"no column", parseEngineTable, "engine,version\nredis,7.1\n", "catalog: t.csv, line 2: no column parameter_group_family"},
		{"a wrong engine", parseEngineTable, engineColumns + engineRow + strings.Replace(engineRow, "redis,", "memcached,", 1),
			`catalog: t.csv, line 3: engine is "memcached", not one of redis, valkey`},
		{"a version of another form", parseEngineTable, engineColumns + strings.Replace(engineRow, "7.1", "seven", 1),
			`catalog: t.csv, line 2: version is "seven", not a version`},
		{"no version", parseEngineTable, engineColumns + strings.Replace(engineRow, "7.1", "", 1), "catalog: t.csv, line 2: version is empty"},
		{"no family", parseEngineTable, engineColumns + strings.Replace(engineRow, "redis7", "", 1),
			"catalog: t.csv, line 2: parameter_group_family is empty"},
		{"a flag of another form", parseEngineTable, engineColumns + strings.Replace(engineRow, "true", "yes", 1),
			`catalog: t.csv, line 2: slow_log is "yes", not one of true, false`},
		{"vCPUs of another form", parseNodeTable, nodeColumns + strings.Replace(nodeRow, ",2,", ",two,", 1),
			`catalog: t.csv, line 2: vcpu is "two", not a positive whole number`},
		{"bandwidth of another form", parseNodeTable, nodeColumns + strings.Replace(nodeRow, ",,1,,", ",,fast,,", 1),
			`catalog: t.csv, line 2: baseline_gbps is "fast", not a positive number`},
		{"no memory", parseNodeTable, nodeColumns + strings.Replace(nodeRow, ",2,1,", ",2,,", 1),
			"catalog: t.csv, line 2: cache.r9g.large lacks vCPUs, memory, bandwidth or an engine"},
		{"no engine", parseNodeTable, nodeColumns + strings.Replace(nodeRow, "7.1,7.2", ",", 1),
			"catalog: t.csv, line 2: cache.r9g.large lacks vCPUs, memory, bandwidth or an engine"},
		{"a wrong family", parseParameterTable, parameterColumns + strings.Replace(parameterRow, "redis7", "redis3", 1),
			"catalog: t.csv, line 2: family redis3 is not in families.csv"},
		{"a wrong type", parseParameterTable, parameterColumns + strings.Replace(parameterRow, "integer", "float", 1),
			`catalog: t.csv, line 2: type is "float", not one of integer, boolean, enum, string`},
		{"an enum without values", parseParameterTable, parameterColumns + strings.Replace(parameterRow, "integer,1-", "enum,", 1),
			"catalog: t.csv, line 2: p has no allowed values"},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.PanicsWithValue(t, test.want, func() { test.parse(test.table) })
		})
	}
	t.Run("a row with too few cells", func(t *testing.T) {
		assert.PanicsWithError(t, "catalog: t.csv: record on line 2: wrong number of fields", func() { readTable("t.csv", "a,b\n1\n") })
	})
	t.Run("no columns at all", func(t *testing.T) {
		assert.PanicsWithError(t, "catalog: t.csv: EOF", func() { readTable("t.csv", "") })
	})
	t.Run("the same row twice", func(t *testing.T) {
		rows := readTable("t.csv", "key\na\nb\na\n")
		key := func(r row) string { return r.text("key") }
		assert.PanicsWithValue(t, "catalog: t.csv, line 4: a is there twice", func() { index(rows, rows, key) })
		assert.Len(t, index(rows[:2], rows[:2], key), 2)
	})
}

func TestCallersCannotChangeTheCatalog(t *testing.T) {
	Engines()[0].Name, NodeTypes()[0].Name, Parameters("redis7")[0].Name = "x", "x", "x"
	assert.Equal(t, Redis, Engines()[0].Name)
	assert.Equal(t, "cache.t2.micro", NodeTypes()[0].Name)
	assert.Equal(t, "acl-pubsub-default", Parameters("redis7")[0].Name)
}
