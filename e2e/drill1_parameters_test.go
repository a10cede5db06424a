package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/securebase/cdk-redis-cache/internal/catalog"

	"github.com/securebase/cdk-redis-cache/e2e/deploy"
	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

var (
	rowTemplateParameters = table.Row("1 Parameters", "Template parameters set and reported back")
	rowTableRows          = table.Row("1 Parameters", "Rows of the parameter table tried; values at and just beyond their limits")
)

// Drill 1: a validator knows parameters from documentation; an engine either takes them or it does not.
func TestDrill1Parameters(t *testing.T) {
	engines.ForEach(t, func(t *testing.T, engine engines.Engine) {
		t.Run("the server starts with every parameter of the template and reports them back", func(t *testing.T) {
			templateParameters(t, engine)
		})
		t.Run("the parameter table agrees with the engine except where it is known not to", func(t *testing.T) {
			parameterTable(t, engine)
		})
	})
}

func templateParameters(t *testing.T, engine engines.Engine) {
	cache := deploy.NewCache(t, engine)
	for _, name := range cache.Dropped {
		t.Errorf("the template sets %s, which the family %s does not have", name, engine.Family)
	}
	server := cache.Start(t)
	client := cache.Client(t, server.Addr())
	reported := 0
	for _, name := range engines.Keys(cache.Parameters) {
		if deploy.AWSOnly[name] != "" {
			continue
		}
		want := cache.Parameters[name]
		got, ok := deploy.GetParameter(t, client, name)
		if !ok || !deploy.SameValue(name, want, got) {
			t.Errorf("%s: the template sets %q, the engine reports %q", name, want, got)
			continue
		}
		reported++
	}
	// A cache that forgets to set these gets volatile-lru and fails writes when it is full.
	for _, name := range []string{"maxmemory-policy", "slowlog-log-slower-than"} {
		if _, ok := cache.Parameters[name]; !ok {
			t.Errorf("the template does not set %s", name)
		}
	}
	rowTemplateParameters.Record(t, engine, "%d of %d", reported, len(cache.Template.Parameters))
}

func parameterTable(t *testing.T, engine engines.Engine) {
	server := engine.Start(t, nil)
	client := engines.Dial(t, &redis.Options{Addr: server.Addr()})
	var found []difference
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
	rowTableRows.Record(t, engine, "%d; %d", rows, values)
}

// compare tries one row of the table on the engine and puts the engine's own value back.
func compare(t *testing.T, engine engines.Engine, client *redis.Client, p catalog.Parameter) (differences []difference, tried int) {
	differ := func(kind, format string, args ...any) {
		differences = append(differences, difference{p.Name, kind, fmt.Sprintf(format, args...)})
	}
	original, known := deploy.GetParameter(t, client, p.Name)
	switch {
	case !known && deploy.AWSOnly[p.Name] == "":
		differ(kindUnknown, "no such directive")
		return differences, 0
	case known && deploy.AWSOnly[p.Name] != "":
		differ(kindKnown, "default %q", original)
		return differences, 0
	case !known:
		return nil, 0
	}
	if p.Default != "" && !deploy.SameValue(p.Name, p.Default, original) {
		differ(kindDefault, "table %s, engine %s", p.Default, original)
	}
	inside, outside := limits(p)
	for _, value := range inside {
		reported, err := try(t, engine, client, p.Name, value)
		switch {
		case err != nil:
			differ(kindRefused, "%s", value)
		case !deploy.SameValue(p.Name, value, reported):
			differ(kindReport, "set %s, reported %s", value, reported)
		}
	}
	for _, value := range outside {
		if _, err := try(t, engine, client, p.Name, value); err == nil {
			differ(kindWider, "%s", value)
		}
	}
	if original != "" {
		if err := deploy.SetParameter(t, client, p.Name, original); err != nil && !immutable(err) {
			t.Errorf("%s: the engine refuses its own default %q: %v", p.Name, original, err)
		}
	}
	return differences, len(inside) + len(outside)
}

// try sets a value and reads it back; what cannot change at run time is tried on a server of its own.
func try(t *testing.T, engine engines.Engine, client *redis.Client, name, value string) (string, error) {
	err := deploy.SetParameter(t, client, name, value)
	if immutable(err) {
		var config engines.Config
		config.Set(name, value)
		server, err := engine.TryStart(t, engines.FreePort(t), config)
		if err != nil {
			return "", err
		}
		defer server.Stop()
		client = redis.NewClient(&redis.Options{Addr: server.Addr()})
		defer client.Close()
		reported, _ := deploy.GetParameter(t, client, name)
		return reported, nil
	}
	if err != nil {
		return "", err
	}
	reported, _ := deploy.GetParameter(t, client, name)
	return reported, client.Ping(context.Background()).Err()
}

func immutable(err error) bool {
	return err != nil && strings.Contains(err.Error(), "immutable")
}
