package lambda

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/securebase/cdk-redis-cache/e2e/engines"
)

// Query is the functions' event: one customer's orders over a range of days.
type Query struct {
	CustomerID string `json:"customerId"`
	From       string `json:"from"`
	To         string `json:"to"`
}

// Answer is the functions' reply, or the part of it that the drills know the truth of.
type Answer struct {
	Query
	Truth
	Source string `json:"source"`
}

// The sources that a reply can name.
const (
	FromCache    = "cache"
	FromDatabase = "database"
)

// Key is where the functions keep the answer.
func (q Query) Key() string { return fmt.Sprintf("analytics:v2:%s:%s:%s", q.CustomerID, q.From, q.To) }

// Days is a query about a number of days, of which the last is so many days ago.
func Days(customer string, days, endedDaysAgo int) Query {
	to := time.Now().UTC().AddDate(0, 0, -endedDaysAgo)
	return Query{customer, to.AddDate(0, 0, 1-days).Format(time.DateOnly), to.Format(time.DateOnly)}
}

// Week is a query about seven days.
func Week(customer string, endedDaysAgo int) Query { return Days(customer, 7, endedDaysAgo) }

// Weeks are n queries of customers and weeks that differ.
func Weeks(n int) (queries []Query) {
	for i := range n {
		queries = append(queries, Week(fmt.Sprintf("customer-%02d", 1+i%20), i*4))
	}
	return queries
}

// Invoke asks the function and compares the answer with the truth.
func (f *Function) Invoke(q Query) (answer Answer, took time.Duration, err error) {
	body, took, err := f.Call(q)
	if err != nil {
		return answer, took, err
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return answer, took, err
	}
	truth, err := truthOf(q)
	if err == nil && (answer.Query != q || !reflect.DeepEqual(answer.Truth, truth)) {
		err = fmt.Errorf("a wrong answer: %+v, not %+v", answer, truth)
	}
	return answer, took, err
}

// Ask invokes a function and insists on the right answer from one of the sources.
func Ask(t testing.TB, f *Function, q Query, sources ...string) Answer {
	t.Helper()
	answer, _, err := f.Invoke(q)
	if err != nil {
		t.Fatalf("%v\n%s", err, engines.LastLines(f.Output(), 10))
	}
	if !slices.Contains(sources, answer.Source) {
		t.Fatalf("the answer is from the %s, not from %v\n%s", answer.Source, sources, engines.LastLines(f.Output(), 10))
	}
	return answer
}
