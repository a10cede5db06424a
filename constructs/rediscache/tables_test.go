package rediscache

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTablesAreWhole(t *testing.T) {
	assert.Len(t, nodeTypes(), 94)
	assert.Len(t, knownEngines(), 13)
	families := map[string]int{}
	for family, parameters := range parametersByFamily() {
		families[family] = len(parameters)
	}
	assert.Len(t, families, 5)
	for name, n := range nodeTypes() {
		assert.Equal(t, name, n.name)
		assert.Positive(t, n.vcpus, name)
	}
	for _, parameters := range parametersByFamily() {
		for name, p := range parameters {
			assert.Contains(t, []string{"integer", "boolean", "enum", "string"}, p.kind, name)
		}
	}
	assert.Panics(t, func() { mustParseTable("broken", "a,b\n1\n", func(map[string]string) {}) })
}

func TestEveryEngineVersionIsInTheTable(t *testing.T) {
	for _, e := range []EngineVersion{
		EngineVersion_REDIS_6_0(), EngineVersion_REDIS_6_2(), EngineVersion_REDIS_7_0(), EngineVersion_REDIS_7_1(), EngineVersion_VALKEY_7_2(),
		EngineVersion_VALKEY_8_0(), EngineVersion_VALKEY_8_1(), EngineVersion_VALKEY_8_2(), EngineVersion_VALKEY_9_0(), EngineVersion_VALKEY_9_1(),
	} {
		assert.Contains(t, knownEngines(), engineOf(e))
		assert.Contains(t, parametersByFamily(), *e.Family())
	}
}

func TestEnginesOfTheTableThatHaveASlowLogAreTaken(t *testing.T) {
	for e, known := range knownEngines() {
		found := ruleCase{props: func(p *RedisCacheProps) { p.Engine = e }}.lines()
		assert.Equal(t, known.slowLog, len(found) == 0, "%s: %v", e, found)
	}
}

func TestDefaultsOfEveryParameterAreInTheirOwnRange(t *testing.T) {
	mustParseTable("parameters", parametersCsv, func(column map[string]string) {
		if column["default"] == "" || column["family"] == weakestFamily {
			return
		}
		p := parametersByFamily()[column["family"]][column["name"]]
		assert.True(t, p.accepts(column["default"]), "%s %s: %s is not %s", column["family"], p.name, column["default"], p.wanted())
	})
}

func TestTokensAreToldByTheirForm(t *testing.T) {
	for _, token := range []string{"${Token[TOKEN.7]}", "a-${Token[AWS.Region.3]}-b", "#{Token[TOKEN.9]}"} {
		assert.True(t, isToken(token), token)
	}
	for _, text := range []string{"", "token", "${AWS::Region}", "Token[7]"} {
		assert.False(t, isToken(text), text)
	}
	assert.True(t, isNumberToken(numberToken))
	for _, number := range []float64{0, 1, -1, 6379, -1.8e300, 1.8881545897087626e+289} {
		assert.False(t, isNumberToken(number), "%v", number)
	}
}

func TestVersionsAreCompared(t *testing.T) {
	assert.True(t, engineVersion{"redis", "6.0", ""}.before(6, 2))
	assert.False(t, engineVersion{"redis", "6.x", ""}.before(6, 2), "the newest 6")
	assert.False(t, engineVersion{"redis", "7.0", ""}.before(6, 2))
	assert.True(t, engineVersion{"redis", "5.0.6", ""}.before(6, 0))
	assert.False(t, engineVersion{"redis", stringToken, ""}.before(6, 0))
	assert.False(t, engineVersion{"redis", "6.0.5", "redis6.x"}.lookup().engineLog, "the engine log came with 6.2")
	assert.True(t, engineVersion{"valkey", "10.0", "valkey10"}.lookup().engineLog)
}
