package serverlesscache

import (
	"reflect"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// settings are ServerlessCacheProps with every default applied, by concern. A concern's file has its part of the settings,
// its defaults, rules, warnings and resources, in that order. The rules judge plain values and make nothing.
type settings struct {
	naming     naming
	engine     engine
	limits     limits
	network    network
	auth       auth
	encryption encryption
	backup     backup
	monitoring monitoring
}

// newSettings applies the defaults. The calls into CDK here only read; nothing is made before the rules have passed.
func newSettings(stack awscdk.Stack, props *ServerlessCacheProps) *settings {
	given := ptr.Value(props)
	n := newNaming(stack, &given)
	return &settings{
		naming:     n,
		engine:     newEngine(&given),
		limits:     newLimits(&given),
		network:    newNetwork(&given),
		auth:       newAuth(&given),
		encryption: newEncryption(&given, n),
		backup:     newBackup(&given),
		monitoring: newMonitoring(&given, n),
	}
}

// check applies every rule and returns all problems at once, in the order of the props.
func (s *settings) check() *check.Report {
	var r check.Report
	s.naming.check(&r)
	s.engine.check(&r)
	s.limits.check(&r)
	s.network.check(&r, s.naming.environment)
	s.auth.check(&r, s.engine)
	s.encryption.check(&r, s.naming)
	s.backup.check(&r)
	s.monitoring.check(&r, s.naming, s.limits, s.auth)
	slices.SortStableFunc(r.Problems(), func(a, b check.Problem) int {
		return propIndex(a.Property) - propIndex(b.Property)
	})
	return &r
}

// propIndex is the place in ServerlessCacheProps of a property, or of the one that it is part of.
func propIndex(property string) int {
	field, _ := reflect.TypeFor[ServerlessCacheProps]().FieldByName(check.Root(property))
	return slices.Max(append(field.Index, 0))
}

// warn adds a warning for everything that is legal and risky.
func (s *settings) warn(w *warnings) {
	s.engine.warn(w)
	s.limits.warn(w)
	s.network.warn(w)
	s.auth.warn(w)
	s.backup.warn(w)
	s.monitoring.warn(w)
}
