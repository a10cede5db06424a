package check

import (
	"math"
	"strings"
)

// CDK writes a value that only CloudFormation knows as a token: a marker inside a string, a number in a range that no
// real value has, or a list whose one element is a marker. Recognizing them by their form needs no call to CDK, so the
// rules run without Node.

// IsToken reports whether a string holds an unresolved value.
func IsToken(s string) bool {
	return strings.Contains(s, "${Token[") || IsListToken(s)
}

// IsListToken reports whether a string is the one element of a list of unknown length.
func IsListToken(s string) bool { return strings.Contains(s, "#{Token[") }

// IsNumberToken reports whether a number stands for an unresolved value: CDK marks it in the top 16 bits, 0xFBFF, which
// makes numbers about -1.888e289.
func IsNumberToken(n float64) bool {
	return math.Float64bits(n)>>48 == 0xFBFF
}
