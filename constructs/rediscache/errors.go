package rediscache

import (
	"cmp"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/tree"
)

// ValidationError is what NewRedisCache, RedisCache_FromRedisCacheAttributes and the methods of a cache panic with when
// they are asked for something that cannot be deployed. It lists every problem at once.
type ValidationError struct {
	// Construct that was asked, such as "ServerlessCache" of package serverlesscache; empty for a RedisCache.
	Construct string
	// Path of the construct, such as "securebase-prod-redis/Cache".
	Path string
	// Problems, at least one, in the order of the properties.
	Problems []Problem
}

// Problem is one property that cannot be accepted.
type Problem struct {
	// Property by its Go name, such as "NodeType" or "Alarms.Cpu.Threshold"; of a method, the method and its parameter, such
	// as "ConnectFunction: options.User".
	Property string
	// Value as the message shows it, strings in quotes; empty where there is none to show.
	Value string
	// Message says why the value is not accepted and what to do.
	Message string
}

// Error is a heading with the path, and a line for each problem.
func (e *ValidationError) Error() string {
	noun := "properties"
	if len(e.Problems) == 1 {
		noun = "property"
	}
	construct := cmp.Or(e.Construct, "RedisCache")
	text := fmt.Sprintf("%s [%s]: %d invalid %s:", construct, e.Path, len(e.Problems), noun)
	for _, problem := range e.Problems {
		text += "\n  - " + problem.String()
	}
	return text
}

// String is the line of the problem.
func (p Problem) String() string { return check.Problem(p).String() }

// panicIfRefused panics with a *ValidationError if the report on a call has a problem; each names the method.
func panicIfRefused(r *check.Report, construct constructs.IConstruct, method string) {
	r.InMethod(method)
	panicIfInvalid(r, construct, nil)
}

// panicIfInvalid panics with a *ValidationError if the report has a problem. id is empty for the scope itself.
func panicIfInvalid(r *check.Report, scope constructs.IConstruct, id *string) {
	if len(r.Problems()) == 0 {
		return
	}
	err := &ValidationError{Path: tree.Path(scope, id)}
	for _, problem := range r.Problems() {
		err.Problems = append(err.Problems, Problem(problem))
	}
	panic(err)
}
