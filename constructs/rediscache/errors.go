package rediscache

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
)

// ValidationError is what NewRedisCache, RedisCache_FromRedisCacheAttributes and the methods of a cache panic with when
// they are asked for something that cannot be deployed. It has every problem at once.
type ValidationError struct {
	// Path of the construct, such as "securebase-prod-redis/Cache".
	Path string
	// Problems, at least one, in the order of the properties.
	Problems []Problem
}

// Problem is one property that does not fit.
type Problem struct {
	// Property by its Go name, such as "NodeType" or "Alarms.Cpu.Threshold".
	Property string
	// Value as the message shows it: strings in quotes, empty where there is none to show.
	Value string
	// Message says why the value does not fit and what to do.
	Message string
}

// Error is a heading with the path, and a line for each problem.
func (e *ValidationError) Error() string {
	var text strings.Builder
	noun := "properties"
	if len(e.Problems) == 1 {
		noun = "property"
	}
	fmt.Fprintf(&text, "RedisCache [%s]: %d invalid %s:", e.Path, len(e.Problems), noun)
	for _, problem := range e.Problems {
		text.WriteString("\n  - " + problem.String())
	}
	return text.String()
}

// String is the line of the problem.
func (p Problem) String() string {
	if p.Value == "" {
		return p.Property + ": " + p.Message
	}
	return p.Property + ": " + p.Value + " " + p.Message
}

// problems collects what the rules find.
type problems []Problem

// add reports a property, its value and why it does not fit. A nil value is not shown.
func (p *problems) add(property string, shown any, format string, args ...any) {
	*p = append(*p, Problem{property, show(shown), fmt.Sprintf(format, args...)})
}

// panicIfAny ends what was asked for when there is a problem. id may be nil for a method of an existing construct.
func (p problems) panicIfAny(scope constructs.IConstruct, id *string) {
	if len(p) == 0 {
		return
	}
	path := value(id)
	if scope != nil {
		if parent := *scope.Node().Path(); parent != "" && path != "" {
			path = parent + "/" + path
		} else {
			path = parent + path
		}
	}
	panic(&ValidationError{Path: path, Problems: p})
}

func show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strconv.Quote(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
