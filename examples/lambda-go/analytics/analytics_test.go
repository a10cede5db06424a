package analytics

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/cache"
)

var week = Query{TenantID: "acme", From: "2026-11-01", To: "2026-11-07"}

func TestAQueryIsCheckedBeforeItIsAsked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Query)
		want   string // "" = valid
	}{
		"a week is valid":                   {func(*Query) {}, ""},
		"one day is valid":                  {func(q *Query) { q.To = q.From }, ""},
		"a leap year is valid":              {func(q *Query) { q.From, q.To = "2024-01-01", "2024-12-31" }, ""},
		"an empty event lists it all":       {func(q *Query) { *q = Query{} }, `tenantId: "" must be 1 to 64 letters, digits, ".", "_" or "-" and start with a letter or digit; from: "" is not a day; write it as YYYY-MM-DD; to: "" is not a day; write it as YYYY-MM-DD`},
		"a colon would forge a key":         {func(q *Query) { q.TenantID = "acme:2026-11-01" }, `tenantId: "acme:2026-11-01" must`},
		"a newline at the end counts":       {func(q *Query) { q.TenantID = "acme\n" }, `tenantId: "acme\n" must`},
		"there is no thirtieth of February": {func(q *Query) { q.From = "2026-02-30" }, `from: "2026-02-30" is not a day`},
		"a time is not a day":               {func(q *Query) { q.To = "2026-11-07T00:00:00Z" }, `to: "2026-11-07T00:00:00Z" is not a day`},
		"the range runs forwards":           {func(q *Query) { q.From = "2026-11-08" }, `from: "2026-11-08" is after to "2026-11-07"; swap them`},
		"the range has a limit":             {func(q *Query) { q.From = "2025-11-06" }, `to: "2026-11-07" makes the range 367 days; ask for at most 366`},
	} {
		t.Run(name, func(t *testing.T) {
			q := week
			c.change(&q)
			err := q.Validate()
			if c.want == "" {
				if err != nil {
					t.Errorf("Validate failed with %v", err)
				}
				return
			}
			var input *InputError
			if !errors.As(err, &input) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Validate = %v, want an InputError with\n%s", err, c.want)
			}
		})
	}
}

func TestTheKeyIsVersionedAndNamespaced(t *testing.T) {
	if got := week.Key(); got != "analytics:v1:acme:2026-11-01:2026-11-07" {
		t.Errorf("Key = %q", got)
	}
}

// pages is a table that answers page by page.
type pages struct {
	inputs []*dynamodb.QueryInput
	items  [][]map[string]types.AttributeValue
	err    error
}

func (p *pages) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	copied := *in
	p.inputs = append(p.inputs, &copied)
	if p.err != nil {
		return nil, p.err
	}
	out := &dynamodb.QueryOutput{Items: p.items[len(p.inputs)-1]}
	if len(p.inputs) < len(p.items) {
		out.LastEvaluatedKey = map[string]types.AttributeValue{"day": &types.AttributeValueMemberS{Value: "next"}}
	}
	return out, nil
}

func item(day, events, revenueCents string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"day":          &types.AttributeValueMemberS{Value: day},
		"events":       &types.AttributeValueMemberN{Value: events},
		"revenueCents": &types.AttributeValueMemberN{Value: revenueCents},
	}
}

func TestSumAddsUpEveryPageOfTheRange(t *testing.T) {
	table := &pages{items: [][]map[string]types.AttributeValue{
		{item("2026-11-01", "1", "100"), item("2026-11-02", "2", "-50")}, {}, {item("2026-11-03", "4", "7")},
	}}
	got, err := Table{table, "daily"}.Sum(context.Background(), week)
	if err != nil || got != (Totals{Events: 7, RevenueCents: 57}) {
		t.Errorf("Sum = %+v, %v, want 7 events and 57 cents", got, err)
	}
	if len(table.inputs) != 3 || table.inputs[1].ExclusiveStartKey == nil {
		t.Fatalf("the table was asked %d times, want once for each of 3 pages", len(table.inputs))
	}
	in := table.inputs[0]
	from, _ := in.ExpressionAttributeValues[":from"].(*types.AttributeValueMemberS)
	if *in.TableName != "daily" || *in.KeyConditionExpression != "#tenantId = :tenantId AND #day BETWEEN :from AND :to" ||
		in.ExpressionAttributeNames["#day"] != "day" || from == nil || from.Value != "2026-11-01" {
		t.Errorf("the table was asked %+v", in)
	}
}

func TestSumNamesTheItemThatItCannotRead(t *testing.T) {
	fraction := item("2026-11-02", "2.5", "1")
	missing := item("2026-11-03", "1", "1")
	delete(missing, "revenueCents")
	for want, bad := range map[string]map[string]types.AttributeValue{
		`table "daily", tenantId "acme": day "2026-11-02": attribute events is "2.5"; write a whole number`:                  fraction,
		`table "daily", tenantId "acme": day "2026-11-03": attribute revenueCents is missing or not a number; write it as N`: missing,
	} {
		_, err := Table{&pages{items: [][]map[string]types.AttributeValue{{bad}}}, "daily"}.Sum(context.Background(), week)
		if err == nil || err.Error() != want {
			t.Errorf("Sum failed with\n%v, want\n%s", err, want)
		}
	}
}

func TestHandleAnswersFromTheTableWhenThereIsNoCache(t *testing.T) {
	table := &pages{items: [][]map[string]types.AttributeValue{{item("2026-11-01", "3", "250")}}}
	h := Handler{Cache: cache.New(cache.Options{Output: io.Discard}), Table: Table{table, "daily"}}
	got, err := h.Handle(context.Background(), week)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(got)
	const want = `{"tenantId":"acme","from":"2026-11-01","to":"2026-11-07","events":3,"revenueCents":250,"source":"database"}`
	if err != nil || string(text) != want {
		t.Errorf("Handle = %s, %v, want\n%s", text, err, want)
	}
}

func TestHandleRefusesABadQueryAndReportsAFailingTable(t *testing.T) {
	down := errors.New("the table is gone")
	table := &pages{err: down}
	h := Handler{Cache: cache.New(cache.Options{Output: io.Discard}), Table: Table{table, "daily"}}
	if _, err := h.Handle(context.Background(), Query{}); !errors.As(err, new(*InputError)) || len(table.inputs) != 0 {
		t.Errorf("a bad query failed with %v after %d calls, want an InputError and no call", err, len(table.inputs))
	}
	if _, err := h.Handle(context.Background(), week); !errors.Is(err, down) {
		t.Errorf("a failing table gave %v", err)
	}
}

func TestCachedTotalsWithoutBothNumbersAreCorrupt(t *testing.T) {
	for text, want := range map[string]bool{
		`{"events":1,"revenueCents":2}`: true, `{"events":1}`: false, `{}`: false, `null`: false, `[]`: false, `{"events":"1","revenueCents":2}`: false,
	} {
		var got Totals
		err := json.Unmarshal([]byte(text), &got)
		if (err == nil) != want {
			t.Errorf("Totals of %s: %+v, %v", text, got, err)
		}
	}
}
