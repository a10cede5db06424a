package e2e

import (
	"strconv"
	"strings"

	"github.com/securebase/cdk-redis-cache/internal/catalog"
)

// beyond is tried as the value of a range without an upper end.
const beyond = "2147483647"

// limits are the values at the edge of what the catalog allows, and the nearest ones that it does not.
func limits(p catalog.Parameter) (inside, outside []string) {
	if p.AllowedValues == "" {
		if p.Default != "" {
			inside = append(inside, p.Default)
		}
		return inside, nil
	}
	if letters, ok := strings.CutPrefix(p.AllowedValues, "["); ok { // any of these letters
		return strings.Split(strings.TrimSuffix(letters, "]"), ""), []string{"?"}
	}
	for alternative := range strings.SplitSeq(p.AllowedValues, "|") {
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
