package analytics

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// MaxDays is the longest range that one query may cover.
const MaxDays = 366

// customerPattern keeps ":" out, which separates the parts of a cache key.
var customerPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Query is the event: the days From to To, both included, as YYYY-MM-DD.
type Query struct {
	CustomerID string `json:"customerId"`
	From       string `json:"from"`
	To         string `json:"to"`
}

// InputError lists all that is wrong with a Query. Lambda reports its name as the error's type.
type InputError struct {
	Problems []string
}

func (e *InputError) Error() string {
	return "invalid query: " + strings.Join(e.Problems, "; ")
}

// Validate returns an *InputError, or nil.
func (q Query) Validate() error {
	var problems []string
	if !customerPattern.MatchString(q.CustomerID) {
		problems = append(problems, fmt.Sprintf(
			`customerId: %q must be 1 to 64 letters, digits, ".", "_" or "-" and start with a letter or digit`, q.CustomerID))
	}
	from, fromErr := parseDay(q.From)
	if fromErr != nil {
		problems = append(problems, fmt.Sprintf("from: %q is not a day; write it as YYYY-MM-DD", q.From))
	}
	to, toErr := parseDay(q.To)
	if toErr != nil {
		problems = append(problems, fmt.Sprintf("to: %q is not a day; write it as YYYY-MM-DD", q.To))
	}
	if fromErr == nil && toErr == nil {
		days := int(to.Sub(from).Hours()/24) + 1
		if days < 1 {
			problems = append(problems, fmt.Sprintf("from: %q is after to %q; swap them", q.From, q.To))
		} else if days > MaxDays {
			problems = append(problems, fmt.Sprintf("to: %q makes the range %d days; ask for at most %d", q.To, days, MaxDays))
		}
	}
	if problems != nil {
		return &InputError{Problems: problems}
	}
	return nil
}

// Key is the cache key. Its version changes whenever the JSON of Report does.
func (q Query) Key() string {
	return fmt.Sprintf("analytics:v2:%s:%s:%s", q.CustomerID, q.From, q.To)
}

func parseDay(text string) (time.Time, error) {
	return time.Parse(time.DateOnly, text)
}
