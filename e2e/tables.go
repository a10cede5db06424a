package e2e

import (
	"cmp"
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Parameter is one row of the project's table of ElastiCache parameters.
type Parameter struct {
	Family, Name, Type, Allowed, Default string
}

// parametersPath is the table that the construct itself checks names and values with.
func parametersPath() string {
	return cmp.Or(os.Getenv("E2E_PARAMETERS"), "../constructs/rediscache/tables/parameters.csv")
}

// LoadParameters reads the rows of one family, in the order of the table.
func LoadParameters(t testing.TB, family string) []Parameter {
	t.Helper()
	file := must(os.Open(parametersPath()))(t)
	defer file.Close()
	rows := must(csv.NewReader(file).ReadAll())(t)
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var parameters []Parameter
	for _, row := range rows[1:] {
		if row[column["family"]] == family {
			parameters = append(parameters, Parameter{
				Family:  family,
				Name:    row[column["name"]],
				Type:    row[column["type"]],
				Allowed: row[column["allowed_values"]],
				Default: row[column["default"]],
			})
		}
	}
	if len(parameters) == 0 {
		t.Fatalf("%s has no rows for the family %s", parametersPath(), family)
	}
	return parameters
}

// beyond is tried as the value of a range without an upper end.
const beyond = "2147483647"

// Limits are the values at the edge of what the table allows, and the nearest ones that it does not.
func (p Parameter) Limits() (inside, outside []string) {
	if p.Allowed == "" {
		if p.Default != "" {
			inside = append(inside, p.Default)
		}
		return inside, nil
	}
	for alternative := range strings.SplitSeq(p.Allowed, "|") {
		low, high, isRange := cutRange(alternative)
		if !isRange {
			inside = append(inside, alternative)
			continue
		}
		inside = append(inside, low)
		outside = append(outside, add(low, -1))
		if high == "" {
			inside = append(inside, beyond)
			continue
		}
		inside = append(inside, high)
		outside = append(outside, add(high, 1))
	}
	return inside, outside
}

// cutRange splits "1-75" and "20-"; a literal such as "-5" or "tls-dynamic" is no range.
func cutRange(text string) (low, high string, ok bool) {
	low, high, ok = strings.Cut(text, "-")
	if _, err := strconv.Atoi(low); !ok || err != nil {
		return "", "", false
	}
	return low, high, true
}

func add(number string, delta int) string {
	n, _ := strconv.Atoi(number)
	return strconv.Itoa(n + delta)
}
