package catalog

import (
	"strconv"
	"strings"
)

// Accepts tells whether the value has the parameter's type and is among its allowed values.
func (p Parameter) Accepts(value string) bool {
	if letters, is := p.letters(); is {
		return strings.Trim(value, letters) == ""
	}
	number, err := strconv.ParseInt(value, 10, 64)
	if p.Type == "integer" && err != nil {
		return false
	}
	if p.AllowedValues == "" {
		return true
	}
	for _, alternative := range p.alternatives() {
		if alternative == value {
			return true
		}
		if least, most, isRange := parseRange(alternative); isRange && err == nil && number >= least && (most == nil || number <= *most) {
			return true
		}
	}
	return false
}

// Describe says what Accepts takes, to follow "is not": "an integer from 1 to 75", "0, or an integer of at least 20".
func (p Parameter) Describe() string {
	if letters, is := p.letters(); is {
		return "made of the letters " + letters
	}
	if p.AllowedValues == "" {
		return map[string]string{"integer": "an integer", "string": "a string"}[p.Type]
	}
	if p.Type != "integer" {
		return "one of " + strings.Join(p.alternatives(), ", ")
	}
	var literals, ranges []string
	for _, alternative := range p.alternatives() {
		least, most, isRange := parseRange(alternative)
		switch {
		case !isRange:
			literals = append(literals, alternative)
		case most == nil:
			ranges = append(ranges, "an integer of at least "+strconv.FormatInt(least, 10))
		default:
			ranges = append(ranges, "an integer from "+strconv.FormatInt(least, 10)+" to "+strconv.FormatInt(*most, 10))
		}
	}
	described := strings.Join(ranges, ", or ")
	if len(literals) > 0 && len(ranges) > 0 {
		return strings.Join(literals, ", ") + ", or " + described
	}
	if len(literals) > 0 {
		return "one of " + strings.Join(literals, ", ")
	}
	return described
}

func (p Parameter) alternatives() []string { return strings.Split(p.AllowedValues, "|") }

// letters returns "KEg" of the allowed values "[KEg]".
func (p Parameter) letters() (string, bool) {
	inner, opened := strings.CutPrefix(p.AllowedValues, "[")
	letters, closed := strings.CutSuffix(inner, "]")
	return letters, opened && closed
}

// parseRange reads "least-most", or "least-" without an upper bound. The bounds may be negative, so the separator is
// looked for after the first character.
func parseRange(alternative string) (least int64, most *int64, isRange bool) {
	if len(alternative) < 2 {
		return 0, nil, false
	}
	separator := strings.Index(alternative[1:], "-") + 1
	if separator == 0 {
		return 0, nil, false
	}
	least, err := strconv.ParseInt(alternative[:separator], 10, 64)
	if err != nil {
		return 0, nil, false
	}
	if separator == len(alternative)-1 {
		return least, nil, true
	}
	upper, err := strconv.ParseInt(alternative[separator+1:], 10, 64)
	return least, &upper, err == nil
}
