package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

// Drill 1: a validator knows parameters from documentation; an engine either takes them or it does not.
func TestDrill1Parameters(t *testing.T) {
	forEachEngine(t, func(t *testing.T, engine Engine) {
		t.Run("the server starts with every parameter of the template and reports them back", func(t *testing.T) {
			templateParameters(t, engine)
		})
		t.Run("the parameter table agrees with the engine except where it is known not to", func(t *testing.T) {
			parameterTable(t, engine)
		})
	})
}

func templateParameters(t *testing.T, engine Engine) {
	cache := NewCache(t, engine)
	for _, name := range cache.Dropped {
		t.Errorf("the template sets %s, which the family %s does not have", name, engine.Family)
	}
	server := cache.Start(t)
	client := cache.Client(t, server.Addr())
	reported := 0
	for _, name := range keys(cache.parameters) {
		if awsOnly[name] != "" {
			continue
		}
		want := cache.parameters[name]
		got, ok := getParameter(t, client, name)
		if !ok || !sameValue(name, want, got) {
			t.Errorf("%s: the template sets %q, the engine reports %q", name, want, got)
			continue
		}
		reported++
	}
	// A cache that forgets to set these gets volatile-lru and fails writes when it is full.
	for _, name := range []string{"maxmemory-policy", "slowlog-log-slower-than"} {
		if _, ok := cache.parameters[name]; !ok {
			t.Errorf("the template does not set %s", name)
		}
	}
	record(t, engine, rowTemplateParameters, "%d of %d", reported, len(cache.Template.Parameters))
}

func parameterTable(t *testing.T, engine Engine) {
	server := engine.Start(t, nil)
	client := dial(t, &redis.Options{Addr: server.Addr()})
	var found []Difference
	rows, values := 0, 0
	for _, p := range catalog.Parameters(engine.Family) {
		differences, tried := compare(t, engine, client, p)
		found = append(found, differences...)
		values += tried
		if tried > 0 {
			rows++
		}
	}
	unexpected, gone := judge(engine.Family, found)
	for _, d := range unexpected {
		t.Errorf("unexpected difference between the table and the engine: %v", d)
	}
	for _, d := range gone {
		t.Errorf("no longer a difference, take it off the list: %v", d)
	}
	record(t, engine, rowTableRows, "%d; %d", rows, values)
}

// compare tries one row of the table on the engine and puts the engine's own value back.
func compare(t *testing.T, engine Engine, client *redis.Client, p catalog.Parameter) (differences []Difference, tried int) {
	differ := func(kind, format string, args ...any) {
		differences = append(differences, Difference{p.Name, kind, fmt.Sprintf(format, args...)})
	}
	original, known := getParameter(t, client, p.Name)
	switch {
	case !known && awsOnly[p.Name] == "":
		differ(kindUnknown, "no such directive")
		return differences, 0
	case known && awsOnly[p.Name] != "":
		differ(kindKnown, "default %q", original)
		return differences, 0
	case !known:
		return nil, 0
	}
	if p.Default != "" && !sameValue(p.Name, p.Default, original) {
		differ(kindDefault, "table %s, engine %s", p.Default, original)
	}
	inside, outside := limits(p)
	for _, value := range inside {
		reported, err := try(t, engine, client, p.Name, value)
		switch {
		case err != nil:
			differ(kindRefused, "%s", value)
		case !sameValue(p.Name, value, reported):
			differ(kindReport, "set %s, reported %s", value, reported)
		}
	}
	for _, value := range outside {
		if _, err := try(t, engine, client, p.Name, value); err == nil {
			differ(kindWider, "%s", value)
		}
	}
	if original != "" {
		if err := setParameter(t, client, p.Name, original); err != nil && !immutable(err) {
			t.Errorf("%s: the engine refuses its own default %q: %v", p.Name, original, err)
		}
	}
	return differences, len(inside) + len(outside)
}

// try sets a value and reads it back; what cannot change at run time is tried on a server of its own.
func try(t *testing.T, engine Engine, client *redis.Client, name, value string) (string, error) {
	err := setParameter(t, client, name, value)
	if immutable(err) {
		var config Config
		config.Set(name, value)
		server, err := engine.TryStart(t, freePort(t), config)
		if err != nil {
			return "", err
		}
		defer server.Stop()
		client = redis.NewClient(&redis.Options{Addr: server.Addr()})
		defer client.Close()
		reported, _ := getParameter(t, client, name)
		return reported, nil
	}
	if err != nil {
		return "", err
	}
	reported, _ := getParameter(t, client, name)
	return reported, client.Ping(context.Background()).Err()
}

func immutable(err error) bool {
	return err != nil && strings.Contains(err.Error(), "immutable")
}
