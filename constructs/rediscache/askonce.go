package rediscache

// question is one kind of answer about one object.
type question[Object comparable, Answer any] struct{ object Object }

// answers by question. CDK's objects live as long as the process, so do these.
var answers = map[any]any{}

// askOnce asks CDK a question about an object whose answer never changes: the subnets of a VPC, the spec of a key, the
// ARN of a topic. Caches mostly share those, and each answer costs several calls.
func askOnce[Object comparable, Answer any](object Object, ask func(Object) Answer) Answer {
	key := question[Object, Answer]{object}
	if answer, asked := answers[key]; asked {
		return answer.(Answer)
	}
	answer := ask(object)
	answers[key] = answer
	return answer
}
