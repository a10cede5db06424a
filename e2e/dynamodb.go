package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const tableName = "analytics"

// pageSize makes a week more than one page, as 1 MiB of items does in DynamoDB.
const pageSize = 4

// Database is the slow truth behind the cache: DynamoDB's Query over a table with the key tenantId, day.
type Database struct {
	URL     string
	queries atomic.Int64
}

// Queries counts the first pages asked for, one for each time that a handler went to the database.
func (d *Database) Queries() int { return int(d.queries.Load()) }

// StartDatabase serves DynamoDB's JSON protocol. Each page takes a few milliseconds, as it would in a region.
func StartDatabase(t testing.TB) *Database {
	t.Helper()
	d := &Database{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(3 * time.Millisecond)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		if target := r.Header.Get("X-Amz-Target"); target != "DynamoDB_20120810.Query" {
			refuse(w, "UnknownOperationException", target)
			return
		}
		var q dynamoQuery
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			refuse(w, "SerializationException", err.Error())
			return
		}
		if len(q.ExclusiveStartKey) == 0 {
			d.queries.Add(1)
		}
		page, err := q.page()
		if err != nil {
			refuse(w, "ValidationException", err.Error())
			return
		}
		_ = json.NewEncoder(w).Encode(page)
	}))
	t.Cleanup(server.Close)
	d.URL = server.URL
	return d
}

type attribute struct {
	S string `json:",omitempty"`
	N string `json:",omitempty"`
}

type item map[string]attribute

type dynamoQuery struct {
	TableName                 string
	KeyConditionExpression    string
	ProjectionExpression      string
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues item
	ExclusiveStartKey         item
}

type dynamoPage struct {
	Items            []item
	Count            int
	ScannedCount     int
	LastEvaluatedKey item `json:",omitempty"`
}

// bareDay finds a reserved word of DynamoDB that was not replaced by a placeholder.
var bareDay = regexp.MustCompile(`(^|[^#:\w])day\b`)

// SDKs and people write the two conditions with and without parentheses.
var keyCondition = regexp.MustCompile(`(?i)^tenantId = (:\w+) AND day BETWEEN (:\w+) AND (:\w+)$`)

func (q dynamoQuery) page() (*dynamoPage, error) {
	if q.TableName != tableName {
		return nil, fmt.Errorf("no table %q", q.TableName)
	}
	if bareDay.MatchString(q.KeyConditionExpression + " " + q.ProjectionExpression) {
		return nil, errors.New("attribute name is a reserved keyword: day")
	}
	condition := strings.NewReplacer("(", "", ")", "").Replace(q.KeyConditionExpression)
	for name, attribute := range q.ExpressionAttributeNames {
		condition = regexp.MustCompile(regexp.QuoteMeta(name)+`\b`).ReplaceAllString(condition, attribute)
	}
	match := keyCondition.FindStringSubmatch(condition)
	if match == nil {
		return nil, fmt.Errorf("key condition %q", condition)
	}
	value := func(i int) string { return q.ExpressionAttributeValues[match[i]].S }
	tenant, all := value(1), days(value(2), value(3))
	if last := q.ExclusiveStartKey["day"].S; last != "" {
		all = all[slices.Index(all, last)+1:]
	}
	page := &dynamoPage{}
	for _, day := range all[:min(pageSize, len(all))] {
		events, revenue := dayOf(tenant, day)
		page.Items = append(page.Items, item{
			"tenantId": {S: tenant}, "day": {S: day},
			"events": {N: strconv.Itoa(events)}, "revenueCents": {N: strconv.Itoa(revenue)},
		})
		page.LastEvaluatedKey = item{"tenantId": {S: tenant}, "day": {S: day}}
	}
	if len(all) <= pageSize {
		page.LastEvaluatedKey = nil
	}
	page.Count, page.ScannedCount = len(page.Items), len(page.Items)
	return page, nil
}

func refuse(w http.ResponseWriter, kind, message string) {
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": kind, "message": message})
}
