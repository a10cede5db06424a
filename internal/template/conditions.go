package template

// truth is the value of a condition: true, false, or known to CloudFormation only.
type truth int

const (
	unknown truth = iota
	yes
	no
)

func (r resolver) conditional(argument any) any {
	parts, _ := argument.([]any)
	if len(parts) != 3 {
		return r.unknown("Fn::If", argument)
	}
	name, _ := parts[0].(string)
	whenTrue, whenFalse := r.resolve(parts[1]), r.resolve(parts[2])
	switch r.condition(name) {
	case yes:
		return whenTrue
	case no:
		return whenFalse
	}
	if (Value{whenTrue}).Equal(Value{whenFalse}) {
		return whenTrue
	}
	// The condition itself is a part, so that a changed condition is a change.
	return "${Fn::If " + encode([]any{r.expanded(name), whenTrue, whenFalse}) + "}"
}

// condition evaluates a condition by its name.
func (r resolver) condition(name string) truth {
	definition, exists := r.template.conditions[name]
	inner, ok := r.entering("Condition " + name)
	if !exists || !ok {
		return unknown
	}
	return inner.evaluate(definition)
}

func (r resolver) evaluate(definition any) truth {
	object, _ := definition.(map[string]any)
	if name, isName := object["Condition"].(string); isName && len(object) == 1 {
		return r.condition(name)
	}
	function, argument, _ := intrinsic(object)
	operands, _ := argument.([]any)
	switch function {
	case "Fn::Equals":
		return r.equals(operands)
	case "Fn::Not":
		if len(operands) == 1 {
			return [...]truth{unknown: unknown, yes: no, no: yes}[r.evaluate(operands[0])]
		}
	case "Fn::And":
		return r.all(operands, yes, no)
	case "Fn::Or":
		return r.all(operands, no, yes)
	}
	return unknown
}

// equals knows that two values differ when both are literal.
func (r resolver) equals(operands []any) truth {
	if len(operands) != 2 {
		return unknown
	}
	left, right := Value{r.resolve(operands[0])}, Value{r.resolve(operands[1])}
	if left.Equal(right) {
		return yes
	}
	_, isLiteral := left.Literal()
	_, isOtherLiteral := right.Literal()
	if isLiteral && isOtherLiteral {
		return no
	}
	return unknown
}

// all is decided by one operand that is decisive; otherwise every operand has to be usual.
func (r resolver) all(operands []any, usual, decisive truth) truth {
	result := usual
	for _, operand := range operands {
		switch r.evaluate(operand) {
		case decisive:
			return decisive
		case unknown:
			result = unknown
		}
	}
	return result
}

// expanded is a condition with the conditions that it refers to in the place of their names.
func (r resolver) expanded(name string) any {
	inner, ok := r.entering("Condition " + name)
	definition, exists := r.template.conditions[name]
	if !ok || !exists {
		return name
	}
	return inner.expand(definition)
}

func (r resolver) expand(definition any) any {
	object, isObject := definition.(map[string]any)
	if name, isName := object["Condition"].(string); isName && len(object) == 1 {
		return r.expanded(name)
	}
	function, argument, _ := intrinsic(object)
	operands, isList := argument.([]any)
	if !isObject || !isList || function == "Fn::Equals" {
		return r.resolve(definition)
	}
	list := make([]any, len(operands))
	for i, operand := range operands {
		list[i] = r.expand(operand)
	}
	return map[string]any{function: list}
}
