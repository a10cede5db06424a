package analytics

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var halfYear = Query{CustomerID: "customer-03", From: "2026-01-01", To: "2026-06-30"}

func TestAQueryIsCheckedBeforeItIsAsked(t *testing.T) {
	const customer = `must be 1 to 64 letters, digits, ".", "_" or "-" and start with a letter or digit`
	for name, c := range map[string]struct {
		change func(*Query)
		want   string // "" = valid
	}{
		"half a year is valid": {func(*Query) {}, ""},
		"one day is valid":     {func(q *Query) { q.To = q.From }, ""},
		"a leap year is valid": {func(q *Query) { q.From, q.To = "2024-01-01", "2024-12-31" }, ""},
		"an empty event lists everything": {func(q *Query) { *q = Query{} }, `customerId: "" ` + customer +
			`; from: "" is not a day; write it as YYYY-MM-DD; to: "" is not a day; write it as YYYY-MM-DD`},
		"a colon would forge a key":   {func(q *Query) { q.CustomerID = "a:2026-11-01" }, `customerId: "a:2026-11-01" ` + customer},
		"a newline at the end counts": {func(q *Query) { q.CustomerID = "a\n" }, `customerId: "a\n" ` + customer},
		"there is no thirtieth of February": {func(q *Query) { q.From = "2026-02-30" },
			`from: "2026-02-30" is not a day; write it as YYYY-MM-DD`},
		"a time is not a day": {func(q *Query) { q.To = "2026-11-07T00:00:00Z" },
			`to: "2026-11-07T00:00:00Z" is not a day; write it as YYYY-MM-DD`},
		"the range runs forwards": {func(q *Query) { q.From = "2026-07-01" }, `from: "2026-07-01" is after to "2026-06-30"; swap them`},
		"the range has a limit": {func(q *Query) { q.From = "2025-06-29" },
			`to: "2026-06-30" makes the range 367 days; ask for at most 366`},
	} {
		t.Run(name, func(t *testing.T) {
			q := halfYear
			c.change(&q)
			err := q.Validate()
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorAs(t, err, new(*InputError))
			assert.EqualError(t, err, "invalid query: "+c.want)
		})
	}
}

func TestTheKeyIsVersionedAndNamespaced(t *testing.T) {
	assert.Equal(t, "analytics:v2:customer-03:2026-01-01:2026-06-30", halfYear.Key())
}
