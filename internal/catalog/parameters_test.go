package catalog

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func eachParameter(check func(p Parameter)) {
	for family := range families() {
		for _, p := range Parameters(family) {
			check(p)
		}
	}
}

func TestFindFamily(t *testing.T) {
	family, ok := FindFamily("redis7")
	assert.True(t, ok)
	assert.Equal(t, Family{Name: "redis7", Engine: "redis", Verified: true}, family)
	family, ok = FindFamily("valkey9")
	assert.True(t, ok)
	assert.Equal(t, Family{Name: "valkey9", Engine: "valkey", Verified: false}, family)
	for _, unknown := range []string{"", "redis5.0", "redis6", "valkey10", "Redis7"} {
		family, ok := FindFamily(unknown)
		assert.False(t, ok, unknown)
		assert.Zero(t, family, unknown)
		assert.Empty(t, Parameters(unknown), unknown)
	}
}

func TestFindParameter(t *testing.T) {
	p, ok := FindParameter("redis7", "maxmemory-samples")
	assert.True(t, ok)
	assert.Equal(t, Parameter{
		Family: "redis7", Name: "maxmemory-samples", Type: "integer", AllowedValues: "1-", Default: "3", Modifiable: true,
	}, p)
	for _, unknown := range [][2]string{
		{"redis7", "frobnicate"}, {"valkey8", "lazyfree-lazy-eviction"}, {"redis3", "timeout"}, {"redis7", ""},
	} {
		p, ok := FindParameter(unknown[0], unknown[1])
		assert.False(t, ok, "%v", unknown)
		assert.Zero(t, p, "%v", unknown)
	}
}

func TestParametersAreSortedAndFound(t *testing.T) {
	for family := range families() {
		previous := ""
		for _, p := range Parameters(family) {
			assert.Less(t, previous, p.Name, family)
			previous = p.Name
			found, ok := FindParameter(family, p.Name)
			assert.True(t, ok)
			assert.Equal(t, p, found)
		}
	}
}

func TestParametersKnowTheirFirstVersion(t *testing.T) {
	eachParameter(func(p Parameter) {
		want := Version{}
		switch {
		case strings.HasPrefix(p.Name, "commandlog-"):
			want = Version{8, 1}
		case strings.HasPrefix(p.Name, "search-"):
			want = Version{8, 2}
		case p.Name == "acl-pubsub-default":
			want = Version{6, 2}
		}
		assert.Equal(t, want, p.Since, "%s %s", p.Family, p.Name)
	})
}

func TestSomeParametersAreNotForCallers(t *testing.T) {
	eachParameter(func(p Parameter) {
		assert.Equal(t, p.Name == "cluster-enabled", p.Owned != "", "%s %s", p.Family, p.Name)
		assert.Equal(t, p.Name == "active-defrag-ignore-bytes" || p.Name == "lfu-decay-time", p.Disputed, "%s %s", p.Family, p.Name)
	})
	for _, name := range []string{"maxmemory", "appendonly", "maxclients", "cluster-enabled"} {
		p, _ := FindParameter("redis7", name)
		assert.False(t, p.Modifiable, name)
	}
	for _, name := range []string{"timeout", "databases", "maxmemory-policy"} {
		p, _ := FindParameter("redis7", name)
		assert.True(t, p.Modifiable, name)
	}
}

func TestSomeParametersAreFixedAtCreation(t *testing.T) {
	atCreation := map[string]bool{"activerehashing": true, "databases": true, "cluster-enabled": true, "cluster-databases": true}
	eachParameter(func(p Parameter) { assert.Equal(t, atCreation[p.Name], p.AtCreation, "%s %s", p.Family, p.Name) })
}

func TestAccepts(t *testing.T) {
	for _, test := range []struct {
		name, parameter, value string
		want                   bool
	}{
		{"a number in its range", "maxmemory-samples", "1", true},
		{"a number below its range", "maxmemory-samples", "0", false},
		{"the top of a range", "reserved-memory-percent", "100", true},
		{"above the top", "reserved-memory-percent", "101", false},
		{"a word for a number", "databases", "many", false},
		{"a fraction for an integer", "databases", "1.5", false},
		{"an empty value for a number", "databases", "", false},
		{"timeout off", "timeout", "0", true},
		{"a short timeout", "timeout", "19", false},
		{"a timeout of 20", "timeout", "20", true},
		{"yes for a boolean", "activedefrag", "yes", true},
		{"true for a boolean", "activedefrag", "true", false},
		{"a negative number without a range", "slowlog-log-slower-than", "-1", true},
		{"a word without a range", "slowlog-log-slower-than", "off", false},
		{"a policy of the engine", "maxmemory-policy", "noeviction", true},
		{"another policy", "maxmemory-policy", "lru", false},
		{"letters of keyspace events", "notify-keyspace-events", "KEA", true},
		{"no letters", "notify-keyspace-events", "", true},
		{"another letter", "notify-keyspace-events", "KEQ", false},
		{"a bracket", "notify-keyspace-events", "[KEA]", false},
		{"any string", "rename-commands", "flushall restricted", true},
		{"a disputed value, which is for the caller to see", "active-defrag-ignore-bytes", "1048576", false},
		{"a negative literal", "list-max-ziplist-size", "-5", true},
		{"a negative number between a literal and a range", "list-max-ziplist-size", "-6", false},
		{"zero between a literal and a range", "list-max-ziplist-size", "0", false},
		{"a range beside a literal", "list-max-ziplist-size", "1", true},
		{"the text of a range", "reserved-memory-percent", "0-100", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, ok := FindParameter("redis6.x", test.parameter)
			assert.True(t, ok, test.parameter)
			assert.Equal(t, test.want, p.Accepts(test.value), "%s %q", test.parameter, test.value)
		})
	}
}

func TestDescribe(t *testing.T) {
	for parameter, want := range map[string]string{
		"active-defrag-cycle-max": "an integer from 1 to 75",
		"maxmemory-samples":       "an integer of at least 1",
		"timeout":                 "0, or an integer of at least 20",
		"list-max-ziplist-size":   "-5, -4, -3, -2, -1, or an integer of at least 1",
		"slowlog-log-slower-than": "an integer",
		"activedefrag":            "one of yes, no",
		"maxmemory-policy": "one of allkeys-lru, volatile-lru, allkeys-lfu, volatile-lfu, allkeys-random, volatile-random, " +
			"volatile-ttl, noeviction",
		"notify-keyspace-events": "made of the letters KEg$lshzxeA",
		"rename-commands":        "a string",
	} {
		p, ok := FindParameter("redis6.x", parameter)
		assert.True(t, ok, parameter)
		assert.Equal(t, want, p.Describe(), parameter)
	}
	eachParameter(func(p Parameter) { assert.NotEmpty(t, p.Describe(), "%s %s", p.Family, p.Name) })
	assert.Equal(t, "one of 1, 2", Parameter{Type: "integer", AllowedValues: "1|2"}.Describe())
}

func TestEveryDefaultIsAccepted(t *testing.T) {
	eachParameter(func(p Parameter) {
		// AWS prints a default outside the range for this one, which a caller cannot set anyway.
		outside := p.Family == "valkey9" && p.Name == "cluster-databases"
		if p.Default != "" {
			assert.Equal(t, !outside, p.Accepts(p.Default), "%s %s: %s is not %s", p.Family, p.Name, p.Default, p.Describe())
		}
	})
}

func TestEveryRangeHasItsEdges(t *testing.T) {
	ranges := 0
	eachParameter(func(p Parameter) {
		if p.Type != "integer" || p.AllowedValues == "" || strings.Contains(p.AllowedValues, "|") {
			return
		}
		ranges++
		low, high, _ := strings.Cut(p.AllowedValues, "-")
		least, err := strconv.ParseInt(low, 10, 64)
		assert.NoError(t, err, "%s %s", p.Family, p.Name)
		assert.True(t, p.Accepts(low), "%s %s", p.Family, p.Name)
		assert.False(t, p.Accepts(strconv.FormatInt(least-1, 10)), "%s %s", p.Family, p.Name)
		if high == "" {
			assert.True(t, p.Accepts("9223372036854775807"), "%s %s", p.Family, p.Name)
			return
		}
		most, err := strconv.ParseInt(high, 10, 64)
		assert.NoError(t, err, "%s %s", p.Family, p.Name)
		assert.True(t, p.Accepts(high), "%s %s", p.Family, p.Name)
		assert.False(t, p.Accepts(strconv.FormatInt(most+1, 10)), "%s %s", p.Family, p.Name)
	})
	assert.Greater(t, ranges, 100)
}

func TestEveryLiteralIsAccepted(t *testing.T) {
	eachParameter(func(p Parameter) {
		if p.Type == "integer" || p.Type == "string" {
			return
		}
		for _, literal := range strings.Split(p.AllowedValues, "|") {
			assert.True(t, p.Accepts(literal), "%s %s", p.Family, p.Name)
			assert.False(t, p.Accepts(literal+"x"), "%s %s", p.Family, p.Name)
		}
		assert.False(t, p.Accepts(""), "%s %s", p.Family, p.Name)
		assert.False(t, p.Accepts(p.AllowedValues), "%s %s", p.Family, p.Name)
	})
}
