package check

import "math"

// Number is a number under its rules. The first rule that it breaks is reported, and the rest are not applied; neither
// is any rule to a token.
type Number struct {
	report   *Report
	property string
	value    float64
	done     bool
}

// Number wraps the value of a property.
func (r *Report) Number(property string, value float64) Number {
	return Number{report: r, property: property, value: value, done: IsNumberToken(value)}
}

// Known reports whether the value is a literal that has passed every rule so far.
func (n Number) Known() bool { return !n.done }

// When reports a problem where wrong holds.
func (n Number) When(wrong bool, format string, args ...any) Number {
	if wrong && !n.done {
		n.report.Add(n.property, n.value, format, args...)
		n.done = true
	}
	return n
}

// Literal refuses a token, for a number that has to be known at synth; because says why.
func (n Number) Literal(because string) Number {
	if IsNumberToken(n.value) {
		n.report.Add(n.property, nil, "is a token, but %s; pass it as a literal", because)
	}
	return n
}

// Whole wants a whole number within the limits.
func (n Number) Whole(least, most float64) Number {
	return n.When(n.value != math.Trunc(n.value) || !n.between(least, most),
		"is not a whole number from %s to %s", Quote(least), Quote(most))
}

// Percent wants 0 to 100.
func (n Number) Percent() Number {
	return n.When(!n.between(0, 100), "is not a percentage from 0 to 100")
}

// NotNegative wants a finite number from 0 up.
func (n Number) NotNegative() Number {
	return n.When(!n.between(0, math.MaxFloat64), "is not a number from 0 up")
}

// Not refuses one value.
func (n Number) Not(value float64, format string, args ...any) Number {
	return n.When(n.value == value, format, args...)
}

// between is false for NaN.
func (n Number) between(least, most float64) bool { return n.value >= least && n.value <= most }
