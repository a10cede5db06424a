package check

import "fmt"

// longestEvaluation is a day in seconds (PutMetricAlarm, API reference).
const longestEvaluation = 24 * 60 * 60

// Alarm wants a threshold, which may be a percentage, and a number of evaluation periods of so many seconds, as CloudWatch
// accepts them. The property is that of the alarm, such as "Alarms.Cpu".
func (r *Report) Alarm(property string, threshold float64, percent bool, evaluationPeriods, period float64) {
	number := r.Number(property+".Threshold", threshold)
	if percent {
		number.Percent()
	} else {
		number.NotNegative()
	}
	r.Number(property+".EvaluationPeriods", evaluationPeriods).Whole(1, longestEvaluation/period)
}

// Fraction says that a percentage is given as a fraction; empty where it is not.
func Fraction(property string, threshold float64) string {
	if threshold <= 0 || threshold >= 1 {
		return ""
	}
	percent := Quote(threshold * 100)
	return fmt.Sprintf("%s.Threshold: %s is less than 1%%; thresholds are in percent, so %s%% is %s",
		property, Quote(threshold), percent, percent)
}
