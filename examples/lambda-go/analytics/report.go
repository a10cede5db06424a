package analytics

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Totals describe a number of orders. Amounts are in cents.
type Totals struct {
	Orders           int64 `json:"orders"`
	RevenueCents     int64 `json:"revenueCents"`
	Buyers           int64 `json:"buyers"`
	MedianOrderCents int64 `json:"medianOrderCents"`
	P95OrderCents    int64 `json:"p95OrderCents"`
}

// Product is the part of a product in a Report.
type Product struct {
	ProductID int64 `json:"productId"`
	Totals
}

// Report is what a query asks for, and the JSON that is cached. Products are the ten with the highest revenue.
type Report struct {
	Totals
	Products []Product `json:"products"`
}

// UnmarshalJSON refuses a report without its products, so that a cached value of another shape is corrupt and not zero.
func (r *Report) UnmarshalJSON(text []byte) error {
	type plain Report
	var read plain
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	if read.Products == nil {
		return errors.New("products is missing")
	}
	*r = Report(read)
	return nil
}

// Querier is the one call of *database.Database that a report needs.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

//go:embed report.sql
var reportSQL string

// readReport asks the database, which takes some 60 ms in the median for one customer's year (e2e/RESULTS.md).
func readReport(ctx context.Context, database Querier, q Query) (Report, error) {
	rows, err := database.Query(ctx, reportSQL, q.CustomerID, q.From, q.To)
	if err != nil {
		return Report{}, fmt.Errorf("report of customer %q: %w", q.CustomerID, err)
	}
	products, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Product, err error) {
		err = row.Scan(&p.ProductID, &p.Orders, &p.RevenueCents, &p.Buyers, &p.MedianOrderCents, &p.P95OrderCents)
		return p, err
	})
	if err != nil {
		return Report{}, fmt.Errorf("report of customer %q: %w", q.CustomerID, err)
	}
	return Report{Totals: products[0].Totals, Products: products[1:]}, nil
}
