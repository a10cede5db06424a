package rediscache

import (
	"fmt"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"

	"github.com/securebase/cdk-redis-cache/internal/check"
	"github.com/securebase/cdk-redis-cache/internal/ptr"
)

// ValidationError is what NewRedisCache, RedisCache_FromRedisCacheAttributes and the methods of a cache panic with when
// they are asked for something that cannot be deployed. It lists every problem at once.
type ValidationError struct {
	// Path of the construct, such as "securebase-prod-redis/Cache".
	Path string
	// Problems, at least one, in the order of the properties.
	Problems []Problem
}

// Problem is one property that cannot be accepted.
type Problem struct {
	// Property by its Go name, such as "NodeType" or "Alarms.Cpu.Threshold".
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
	text := fmt.Sprintf("RedisCache [%s]: %d invalid %s:", e.Path, len(e.Problems), noun)
	for _, problem := range e.Problems {
		text += "\n  - " + problem.String()
	}
	return text
}

// String is the line of the problem.
func (p Problem) String() string { return check.Problem(p).String() }

// panicIfInvalid panics with a *ValidationError if the report has a problem. id is empty for a method of an existing
// construct, which then is the scope.
func panicIfInvalid(r *check.Report, scope constructs.IConstruct, id *string) {
	if len(r.Problems()) == 0 {
		return
	}
	var path []string
	if scope != nil {
		path = append(path, *scope.Node().Path())
	}
	path = append(path, ptr.Value(id))
	err := &ValidationError{Path: strings.Trim(strings.Join(path, "/"), "/")}
	for _, problem := range r.Problems() {
		err.Problems = append(err.Problems, Problem(problem))
	}
	panic(err)
}
