package analytics

import (
	"context"
	"time"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/cache"
)

// Answer is the result of a Query. Source is "cache" or "database".
type Answer struct {
	Query
	Events       int64        `json:"events"`
	RevenueCents int64        `json:"revenueCents"`
	Source       cache.Source `json:"source"`
}

// Handler answers queries from Cache, and from Table what Cache does not have.
type Handler struct {
	Cache *cache.Cache
	Table Table
}

// Handle is the Lambda handler.
func (h Handler) Handle(ctx context.Context, q Query) (Answer, error) {
	if err := q.Validate(); err != nil {
		return Answer{}, err
	}
	lastDay, err := parseDay(q.To)
	if err != nil {
		return Answer{}, err
	}
	totals, source, err := cache.GetOrLoad(ctx, h.Cache, q.Key(), cache.TTLFor(lastDay, time.Now()),
		func(ctx context.Context) (Totals, error) { return h.Table.Sum(ctx, q) })
	if err != nil {
		return Answer{}, err
	}
	return Answer{Query: q, Events: totals.Events, RevenueCents: totals.RevenueCents, Source: source}, nil
}
