package analytics

import (
	"context"
	"time"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/cache"
)

// Answer is the result of a Query. Source is "cache" or "database".
type Answer struct {
	Query
	Totals
	Products []Product    `json:"products"`
	Source   cache.Source `json:"source"`
}

// Handler answers queries from Cache, and from Database what Cache does not have.
type Handler struct {
	Cache    *cache.Cache
	Database Querier
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
	report, source, err := cache.GetOrLoad(ctx, h.Cache, q.Key(), cache.TTLFor(lastDay, time.Now()),
		func(ctx context.Context) (Report, error) { return readReport(ctx, h.Database, q) })
	if err != nil {
		return Answer{}, err
	}
	return Answer{Query: q, Totals: report.Totals, Products: report.Products, Source: source}, nil
}
