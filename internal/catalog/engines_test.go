package catalog

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFindEngine(t *testing.T) {
	engine, ok := FindEngine("redis", "6.0")
	assert.True(t, ok)
	assert.Equal(t, Engine{
		Name: "redis", Version: "6.0", Family: "redis6.x", SlowLog: true, Users: true, EndOfStandardSupport: "2027-01-31",
	}, engine)
	engine, ok = FindEngine("valkey", "8.1")
	assert.True(t, ok)
	assert.Equal(t, Engine{
		Name: "valkey", Version: "8.1", Family: "valkey8", SlowLog: true, EngineLog: true, Users: true, Iam: true,
	}, engine)
	for _, unknown := range [][2]string{
		{"redis", "8.1"}, {"redis", "7.2"}, {"redis", "7.1.0"}, {"Redis", "7.1"}, {"memcached", "1.6"}, {"", ""},
	} {
		engine, ok := FindEngine(unknown[0], unknown[1])
		assert.False(t, ok, "%v", unknown)
		assert.Zero(t, engine, "%v", unknown)
	}
}

func TestEngineVersionsAreFromTheOldestUp(t *testing.T) {
	assert.Equal(t, []string{"4.0.10", "5.0.6", "6.0", "6.2", "6.x", "7.0", "7.1"}, EngineVersions("redis"))
	assert.Equal(t, []string{"7.2", "8.0", "8.1", "8.2", "9.0", "9.1"}, EngineVersions("valkey"))
	assert.Empty(t, EngineVersions("memcached"))
}

func TestNearestEngineIsTheNewestThatIsNotNewer(t *testing.T) {
	for _, test := range []struct{ name, version, want string }{
		{"redis", "6.0.5", "6.0"}, {"redis", "6.1", "6.0"}, {"redis", "6.2", "6.2"}, {"redis", "6.9", "6.2"}, {"redis", "6.x", "6.x"},
		{"redis", "7.9", "7.1"}, {"redis", "11.0", "7.1"}, {"valkey", "10.0", "9.1"}, {"valkey", "7.2", "7.2"},
	} {
		version, _ := ParseVersion(test.version)
		engine, ok := NearestEngine(test.name, version)
		assert.True(t, ok, "%v", test)
		assert.Equal(t, test.name+" "+test.want, engine.Name+" "+engine.Version, "%v", test)
	}
	_, ok := NearestEngine("valkey", Version{7, 1})
	assert.False(t, ok, "older than all")
	_, ok = NearestEngine("memcached", Version{9, 0})
	assert.False(t, ok, "another engine")
}

func TestFeaturesComeWithTheirVersions(t *testing.T) {
	first := func(name string, has func(e Engine) bool) (first string) {
		for _, engine := range Engines() {
			if engine.Name == name && has(engine) && first == "" {
				first = engine.Version
			}
			assert.False(t, engine.Name == name && first != "" && !has(engine), "%s lost it in %s", name, engine.Version)
		}
		return first
	}
	for feature, test := range map[string]struct {
		has           func(e Engine) bool
		redis, valkey string
	}{
		"slow log":           {func(e Engine) bool { return e.SlowLog }, "6.0", "7.2"},
		"engine log":         {func(e Engine) bool { return e.EngineLog }, "6.2", "7.2"},
		"users":              {func(e Engine) bool { return e.Users }, "6.0", "7.2"},
		"IAM":                {func(e Engine) bool { return e.Iam }, "7.0", "7.2"},
		"open-ended support": {func(e Engine) bool { return e.EndOfStandardSupport == "" }, "7.0", "7.2"},
		"listed parameters":  {func(e Engine) bool { _, known := FindFamily(e.Family); return known }, "6.0", "7.2"},
	} {
		assert.Equal(t, test.redis, first(Redis, test.has), feature)
		assert.Equal(t, test.valkey, first(Valkey, test.has), feature)
	}
}

func TestOnlyValkey72RollsBackToRedis(t *testing.T) {
	for _, engine := range Engines() {
		want := ""
		if engine.Name == Valkey && engine.Version == "7.2" {
			want = "redis 7.1"
		}
		assert.Equal(t, want, engine.RollsBackTo, "%s %s", engine.Name, engine.Version)
	}
}

func TestFamiliesAreOfTheirEngine(t *testing.T) {
	for _, engine := range Engines() {
		if family, known := FindFamily(engine.Family); known {
			assert.Equal(t, engine.Name, family.Engine, engine.Family)
		}
	}
}
