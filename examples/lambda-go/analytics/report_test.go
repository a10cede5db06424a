package analytics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9/logging"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/cache"
	"github.com/securebase/cdk-redis-cache/examples/lambda-go/database"
	"github.com/securebase/cdk-redis-cache/examples/lambda-go/internal/postgres"
)

var server *postgres.Server

func TestMain(m *testing.M) {
	logging.Disable() // as a function does
	started, stop, err := postgres.Start()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	server = started
	code := m.Run()
	stop()
	os.Exit(code)
}

// login reads the server's own secret.
type login struct{}

func (login) GetSecretValue(
	context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(server.Secret(server.Password))}, nil
}

func connect(t *testing.T) *database.Database {
	t.Helper()
	connected, err := database.New(database.Options{SecretID: "orders", Secrets: login{}, CAFile: server.CAFile})
	require.NoError(t, err)
	t.Cleanup(connected.Close)
	return connected
}

// order is a row of the table.
type order struct {
	ProductID, BuyerID, AmountCents int64
}

// describe computes Totals from the orders themselves.
func describe(orders []order) (totals Totals) {
	var amounts []int64
	buyers := map[int64]bool{}
	for _, o := range orders {
		amounts = append(amounts, o.AmountCents)
		buyers[o.BuyerID] = true
		totals.RevenueCents += o.AmountCents
	}
	slices.Sort(amounts)
	at := func(percent int) int64 { return amounts[(len(amounts)*percent+99)/100-1] }
	totals.Orders, totals.Buyers = int64(len(orders)), int64(len(buyers))
	totals.MedianOrderCents, totals.P95OrderCents = at(50), at(95)
	return totals
}

func TestAReportDescribesTheOrdersOfTheRange(t *testing.T) {
	db := connect(t)
	rows, err := db.Query(context.Background(),
		`SELECT product_id, buyer_id, amount_cents FROM orders
		WHERE customer_id = 'customer-03' AND ordered_on >= '2026-01-01' AND ordered_on <= '2026-06-30'`)
	require.NoError(t, err)
	orders, err := pgx.CollectRows(rows, pgx.RowToStructByPos[order])
	require.NoError(t, err)
	require.Greater(t, len(orders), 500)
	byProduct := map[int64][]order{}
	for _, o := range orders {
		byProduct[o.ProductID] = append(byProduct[o.ProductID], o)
	}

	got, err := readReport(context.Background(), db, halfYear)
	require.NoError(t, err)
	assert.Equal(t, describe(orders), got.Totals)
	require.Len(t, got.Products, 10)
	lowest := got.Products[9].RevenueCents
	for _, product := range got.Products {
		assert.Equal(t, describe(byProduct[product.ProductID]), product.Totals, "product %d", product.ProductID)
		assert.GreaterOrEqual(t, product.RevenueCents, lowest)
		delete(byProduct, product.ProductID)
	}
	for id, others := range byProduct {
		assert.LessOrEqual(t, describe(others).RevenueCents, lowest, "product %d is among the ten with the highest revenue", id)
	}
}

func TestARangeWithoutOrdersIsZero(t *testing.T) {
	got, err := readReport(context.Background(), connect(t), Query{"customer-03", "2020-01-01", "2020-12-31"})
	require.NoError(t, err)
	assert.Equal(t, Report{Products: []Product{}}, got)
}

// The Python function is held against the same file: either function reads what the other has cached.
func TestBothFunctionsCacheTheSameJSON(t *testing.T) {
	got, err := readReport(context.Background(), connect(t), halfYear)
	require.NoError(t, err)
	text, err := json.Marshal(got)
	require.NoError(t, err)
	want, err := os.ReadFile("../../sql/report.json")
	require.NoError(t, err)
	assert.Equal(t, string(want), string(text)+"\n")

	var read Report
	require.NoError(t, json.Unmarshal(want, &read))
	assert.Equal(t, got, read)
}

func TestAnAnswerRepeatsTheQuery(t *testing.T) {
	h := Handler{Cache: cache.New(cache.Options{Output: io.Discard}), Database: connect(t)}
	got, err := h.Handle(context.Background(), Query{"customer-03", "2020-01-01", "2020-12-31"})
	require.NoError(t, err)
	text, err := json.Marshal(got)
	require.NoError(t, err)
	assert.Equal(t, `{"customerId":"customer-03","from":"2020-01-01","to":"2020-12-31","orders":0,"revenueCents":0,"buyers":0,`+
		`"medianOrderCents":0,"p95OrderCents":0,"products":[],"source":"database"}`, string(text))
}

// broken is a database that is down.
type broken struct {
	err   error
	asked int
}

func (b *broken) Query(context.Context, string, ...any) (pgx.Rows, error) {
	b.asked++
	return nil, b.err
}

func TestABadQueryIsRefusedAndAFailingDatabaseReported(t *testing.T) {
	down := &broken{err: errors.New("the database is down")}
	h := Handler{Cache: cache.New(cache.Options{Output: io.Discard}), Database: down}
	_, err := h.Handle(context.Background(), Query{})
	assert.ErrorAs(t, err, new(*InputError))
	assert.Zero(t, down.asked)
	_, err = h.Handle(context.Background(), halfYear)
	assert.ErrorIs(t, err, down.err)
	assert.EqualError(t, err, `report of customer "customer-03": the database is down`)
}

func TestACachedReportOfAnotherShapeIsCorrupt(t *testing.T) {
	for text, valid := range map[string]bool{
		`{"orders":1,"products":[]}`: true, `{"orders":1}`: false, `{}`: false, `null`: false, `[]`: false,
		`{"orders":"1","products":[]}`: false, `{"orders":1,"products":null}`: false,
	} {
		var got Report
		assert.Equal(t, valid, json.Unmarshal([]byte(text), &got) == nil, text)
	}
}
