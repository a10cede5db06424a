package rediscache

// answers are what askOnce was told, by object. CDK's objects live as long as the process, so do these.
var answers = map[any]any{}

// askOnce asks CDK a question about an object whose answer never changes: the subnets of a VPC, the spec of a key, the
// ARN of a topic. Caches mostly share those, and each answer costs several calls. There is one question for each kind of
// object.
func askOnce[Object comparable, Answer any](object Object, ask func(Object) Answer) Answer {
	if answer, asked := answers[object]; asked {
		return answer.(Answer)
	}
	answer := ask(object)
	answers[object] = answer
	return answer
}
