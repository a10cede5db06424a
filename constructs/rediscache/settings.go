package rediscache

import (
	"reflect"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/internal/check"
)

// settings are RedisCacheProps with every default applied, by concern. A concern's file has its part of the settings,
// its defaults, rules, warnings and resources, in that order. The rules judge plain values and make nothing.
type settings struct {
	naming     naming
	engine     engine
	topology   topology
	network    network
	auth       auth
	encryption encryption
	backup     backup
	logs       logs
	monitoring monitoring
}

// newSettings applies the defaults. The calls into CDK here only read; nothing is made before the rules have passed.
func newSettings(stack awscdk.Stack, props *RedisCacheProps) *settings {
	if props == nil {
		props = &RedisCacheProps{}
	}
	n := newNaming(stack, props)
	return &settings{
		naming:     n,
		engine:     newEngine(props),
		topology:   newTopology(props),
		network:    newNetwork(props),
		auth:       newAuth(stack, props),
		encryption: newEncryption(props, n),
		backup:     newBackup(props),
		logs:       newLogs(props),
		monitoring: newMonitoring(props, n),
	}
}

// check applies every rule and returns all problems at once, in the order of the props. A rule on two concerns stands
// with the later one, which gets the earlier one as an argument.
func (s *settings) check() *check.Report {
	var r check.Report
	s.naming.check(&r)
	s.engine.check(&r)
	s.topology.check(&r, s.engine)
	s.network.check(&r, s.naming.environment, s.topology)
	s.auth.check(&r, s.engine)
	s.encryption.check(&r, s.naming)
	s.backup.check(&r)
	s.logs.check(&r)
	s.monitoring.check(&r, s.naming, s.topology, s.auth)
	slices.SortStableFunc(r.Problems(), func(a, b check.Problem) int {
		return propIndex(a.Property) - propIndex(b.Property)
	})
	return &r
}

// propIndex is the place in RedisCacheProps of a property, or of the one that it is part of.
func propIndex(property string) int {
	field, _ := reflect.TypeFor[RedisCacheProps]().FieldByName(check.Root(property))
	return slices.Max(append(field.Index, 0))
}

// warn adds a warning for everything that is legal and risky.
func (s *settings) warn(w *warnings) {
	s.topology.warn(w, s.backup)
	s.engine.warn(w)
	s.encryption.warn(w)
	s.auth.warn(w)
	s.backup.warn(w)
	s.monitoring.warn(w, s.topology)
}
