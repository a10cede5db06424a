package check

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

const numberToken = -1.8881545897087626e+289

// onNumber is a rule on a value.
func onNumber(value float64, rule func(number Number) Number) func(r *Report) {
	return func(r *Report) { rule(r.Number("Port", value)) }
}

func TestNumberRules(t *testing.T) {
	whole := func(number Number) Number { return number.Whole(1, 6) }
	literal := func(number Number) Number { return number.Literal("nodes are counted") }
	not8005 := func(number Number) Number { return number.Not(8005, "is %s", "reserved") }
	notWhole := func(value string) []string { return []string{"Port: " + value + " is not a whole number from 1 to 6"} }
	percentage := func(value string) []string { return []string{"Port: " + value + " is not a percentage from 0 to 100"} }
	below := func(value string) []string { return []string{"Port: " + value + " is not a number from 0 up"} }
	runRules(t, []ruleCase{
		{"the least whole number", onNumber(1, whole), nil},
		{"the most", onNumber(6, whole), nil},
		{"less than the least", onNumber(0, whole), notWhole("0")},
		{"more than the most", onNumber(7, whole), notWhole("7")},
		{"a fraction", onNumber(2.5, whole), notWhole("2.5")},
		{"no number", onNumber(math.NaN(), whole), notWhole("NaN")},
		{"no end", onNumber(math.Inf(1), whole), notWhole("+Inf")},
		{"0%", onNumber(0, Number.Percent), nil},
		{"100%", onNumber(100, Number.Percent), nil},
		{"a fraction of a percent", onNumber(0.5, Number.Percent), nil},
		{"less than 0%", onNumber(-0.5, Number.Percent), percentage("-0.5")},
		{"more than 100%", onNumber(100.5, Number.Percent), percentage("100.5")},
		{"no percentage", onNumber(math.NaN(), Number.Percent), percentage("NaN")},
		{"nothing", onNumber(0, Number.NotNegative), nil},
		{"the largest number", onNumber(math.MaxFloat64, Number.NotNegative), nil},
		{"less than nothing", onNumber(-1, Number.NotNegative), below("-1")},
		{"an endless number", onNumber(math.Inf(1), Number.NotNegative), below("+Inf")},
		{"neither", onNumber(math.NaN(), Number.NotNegative), below("NaN")},
		{"the refused value", onNumber(8005, not8005), []string{"Port: 8005 is reserved"}},
		{"the value beside it", onNumber(8006, not8005), nil},
		{"a literal", onNumber(1, literal), nil},
		{"a token that has to be a literal", onNumber(numberToken, literal),
			[]string{"Port: is a token, but nodes are counted; pass it as a literal"}},
		{"a condition", onNumber(3, func(number Number) Number { return number.When(true, "is %s", "odd") }), []string{"Port: 3 is odd"}},
	})
}

func TestFirstRuleThatANumberBreaksIsTheOnlyOneTold(t *testing.T) {
	var r Report
	number := r.Number("Port", -0.5).Percent().Whole(1, 6).NotNegative().Not(-0.5, "is refused")
	assert.Equal(t, []string{"Port: -0.5 is not a percentage from 0 to 100"}, lines(&r))
	assert.False(t, number.Known())
	assert.True(t, r.Number("Port", 1).Percent().Known(), "a literal that has passed every rule")
}

func TestNumberTokenIsNotJudged(t *testing.T) {
	var r Report
	assert.False(t, r.Number("Port", numberToken).Percent().Whole(1, 6).NotNegative().Not(numberToken, "x").When(true, "x").Known())
	assert.Empty(t, r.Problems())
}

func TestAlarmHasAThresholdAndPeriodsOfADayAtMost(t *testing.T) {
	alarm := func(threshold float64, percent bool, periods, seconds float64) func(r *Report) {
		return func(r *Report) { r.Alarm("Alarms.Cpu", threshold, percent, periods, seconds) }
	}
	runRules(t, []ruleCase{
		{"a percentage for a day of minutes", alarm(75, true, 1440, 60), nil},
		{"a number for a day of five minutes", alarm(1e6, false, 288, 300), nil},
		{"more than 100%", alarm(101, true, 1, 60), []string{"Alarms.Cpu.Threshold: 101 is not a percentage from 0 to 100"}},
		{"a negative number", alarm(-1, false, 1, 60), []string{"Alarms.Cpu.Threshold: -1 is not a number from 0 up"}},
		{"a minute more than a day", alarm(1, false, 1441, 60),
			[]string{"Alarms.Cpu.EvaluationPeriods: 1441 is not a whole number from 1 to 1440"}},
		{"five minutes more than a day", alarm(1, false, 289, 300),
			[]string{"Alarms.Cpu.EvaluationPeriods: 289 is not a whole number from 1 to 288"}},
		{"no period", alarm(1, false, 0, 60), []string{"Alarms.Cpu.EvaluationPeriods: 0 is not a whole number from 1 to 1440"}},
		{"both wrong", alarm(-1, true, 0.5, 60), []string{"Alarms.Cpu.Threshold: -1 is not a percentage from 0 to 100",
			"Alarms.Cpu.EvaluationPeriods: 0.5 is not a whole number from 1 to 1440"}},
	})
}
