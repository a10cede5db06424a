package check

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
