package e2e

import (
	"fmt"
	"hash/fnv"
	"time"
)

// Query is the handlers' event: one tenant's numbers over a range of days.
type Query struct {
	TenantID string `json:"tenantId"`
	From     string `json:"from"`
	To       string `json:"to"`
}

// Answer is the handlers' reply.
type Answer struct {
	TenantID     string `json:"tenantId"`
	From         string `json:"from"`
	To           string `json:"to"`
	Events       int    `json:"events"`
	RevenueCents int    `json:"revenueCents"`
	Source       string `json:"source"`
}

// The sources that a reply can name.
const (
	fromCache    = "cache"
	fromDatabase = "database"
)

// Key is where the handlers keep the answer.
func (q Query) Key() string { return fmt.Sprintf("analytics:v1:%s:%s:%s", q.TenantID, q.From, q.To) }

// Right is the one right answer, whoever gives it.
func (q Query) Right(source string) Answer {
	answer := Answer{TenantID: q.TenantID, From: q.From, To: q.To, Source: source}
	for _, day := range days(q.From, q.To) {
		events, revenue := dayOf(q.TenantID, day)
		answer.Events += events
		answer.RevenueCents += revenue
	}
	return answer
}

// week is a query about the seven days that ended so many days ago.
func week(tenant string, endedDaysAgo int) Query {
	to := time.Now().UTC().AddDate(0, 0, -endedDaysAgo)
	return Query{tenant, to.AddDate(0, 0, -6).Format(time.DateOnly), to.Format(time.DateOnly)}
}

// dayOf is the database's content: numbers that differ by tenant and day and never change.
func dayOf(tenant, day string) (events, revenueCents int) {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %s", tenant, day)
	sum := int(h.Sum32())
	return sum % 1000, sum / 1000 % 100_000
}

func days(from, to string) (all []string) {
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return nil
	}
	for ; day.Format(time.DateOnly) <= to; day = day.AddDate(0, 0, 1) {
		all = append(all, day.Format(time.DateOnly))
	}
	return all
}
