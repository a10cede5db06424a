// Package check holds the rules on single values that the constructs, their imports and cdk.json share. A rule reports
// a problem with the property, the value and the remedy, and every problem is collected before anyone stops. A value
// that is a CloudFormation token is not judged: tokens are recognized once, where a value is wrapped.
package check

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Problem is one property that cannot be accepted.
type Problem struct {
	// Property by its name, such as "NodeType", "Alarms.Cpu.Threshold" or, in cdk.json, "nodeType".
	Property string
	// Value as the message shows it, strings in quotes; empty where there is none to show.
	Value string
	// Message says why the value is not accepted and what to do.
	Message string
}

// String is the line of the problem.
func (p Problem) String() string {
	if p.Value == "" {
		return p.Property + ": " + p.Message
	}
	return p.Property + ": " + p.Value + " " + p.Message
}

// Report collects problems in the order in which the rules find them. The zero value is ready to use.
type Report struct{ problems []Problem }

// Add reports a property, its value and what is wrong with it. A nil value is not shown.
func (r *Report) Add(property string, value any, format string, args ...any) {
	r.problems = append(r.problems, Problem{property, Quote(value), fmt.Sprintf(format, args...)})
}

// Problems are all that was found so far.
func (r *Report) Problems() []Problem { return r.problems }

// Required reports the property as missing and returns false unless it was given.
func (r *Report) Required(property string, given bool, remedy string) bool {
	if !given {
		r.Add(property, nil, "is required; %s", remedy)
	}
	return given
}

// Exclusive reports the first of two properties when both are given.
func (r *Report) Exclusive(property string, value any, given bool, other string, otherGiven bool) {
	if given && otherGiven {
		r.Add(property, value, "and %s exclude each other; leave out one of them", other)
	}
}

// Quote shows a value in a message: strings in quotes, numbers in full, everything else as JSON; nil is empty.
func Quote(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return strconv.Quote(value)
	case float64:
		return strconv.FormatFloat(value, 'f', -1, 64)
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return fmt.Sprint(value)
	}
	return strings.TrimSpace(text.String())
}

// Element is the property of a list's element: "SnapshotArns[1]".
func Element(property string, index int) string { return fmt.Sprintf("%s[%d]", property, index) }

// Key is the property of a map's entry: `Parameters["timeout"]`.
func Key(property, key string) string { return property + "[" + strconv.Quote(key) + "]" }

// InMethod has every problem name the method of a construct that was called.
func (r *Report) InMethod(method string) {
	for i, problem := range r.problems {
		if problem.Property != method {
			r.problems[i].Property = method + ": " + problem.Property
		}
	}
}

// Has reports whether there is a problem with the property or a part of it.
func (r *Report) Has(property string) bool {
	for _, problem := range r.problems {
		if Root(problem.Property) == property {
			return true
		}
	}
	return false
}

// Root is the property that another is a part of: "SnapshotArns" for "SnapshotArns[1]", "Alarms" for "Alarms.Cpu".
func Root(property string) string {
	root, _, _ := strings.Cut(property, ".")
	root, _, _ = strings.Cut(root, "[")
	return root
}
