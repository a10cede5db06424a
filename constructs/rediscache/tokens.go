package rediscache

import (
	"math"
	"strings"
)

// CDK writes what is only known at deployment as a token: a marker in a string, a number in a range that no real
// value has, or a list of one marker. Telling them by their form needs no call to CDK, so that the rules can be
// tested without it.

// isToken tells whether a string holds an unresolved value.
func isToken(s string) bool {
	return strings.Contains(s, "${Token[") || strings.Contains(s, "#{Token[")
}

// isListToken tells whether a string is the one element of a list of unknown length.
func isListToken(s string) bool { return strings.Contains(s, "#{Token[") }

// isNumberToken tells whether a number stands for an unresolved value: CDK marks it in the top 16 bits, 0xFBFF, which
// are numbers about -1.888e289.
func isNumberToken(n float64) bool {
	return math.Float64bits(n)>>48 == 0xFBFF
}
