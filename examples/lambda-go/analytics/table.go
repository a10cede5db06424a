package analytics

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Table is a DynamoDB table with the partition key tenantId (S), the sort key day (S, YYYY-MM-DD) and the attributes events
// and revenueCents (N).
type Table struct {
	Client dynamodb.QueryAPIClient
	Name   string
}

// Sum adds up the days of q, reading every page.
func (t Table) Sum(ctx context.Context, q Query) (Totals, error) {
	pages := dynamodb.NewQueryPaginator(t.Client, &dynamodb.QueryInput{
		TableName:              aws.String(t.Name),
		KeyConditionExpression: aws.String("#tenantId = :tenantId AND #day BETWEEN :from AND :to"),
		ProjectionExpression:   aws.String("#day, #events, #revenueCents"),
		// Names by placeholder, because day is a reserved word of DynamoDB.
		ExpressionAttributeNames: map[string]string{
			"#tenantId": "tenantId", "#day": "day", "#events": "events", "#revenueCents": "revenueCents",
		},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":tenantId": &types.AttributeValueMemberS{Value: q.TenantID},
			":from":     &types.AttributeValueMemberS{Value: q.From},
			":to":       &types.AttributeValueMemberS{Value: q.To},
		},
	})
	var sum Totals
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return Totals{}, fmt.Errorf("query of table %q: %w", t.Name, err)
		}
		for _, item := range page.Items {
			if err := sum.add(item); err != nil {
				return Totals{}, fmt.Errorf("table %q, tenantId %q: %w", t.Name, q.TenantID, err)
			}
		}
	}
	return sum, nil
}

func (t *Totals) add(item map[string]types.AttributeValue) error {
	events, err := number(item, "events")
	if err != nil {
		return err
	}
	revenueCents, err := number(item, "revenueCents")
	if err != nil {
		return err
	}
	t.Events += events
	t.RevenueCents += revenueCents
	return nil
}

func number(item map[string]types.AttributeValue, name string) (int64, error) {
	var day string
	if s, ok := item["day"].(*types.AttributeValueMemberS); ok {
		day = s.Value
	}
	n, ok := item[name].(*types.AttributeValueMemberN)
	if !ok {
		return 0, fmt.Errorf("day %q: attribute %s is missing or not a number; write it as N", day, name)
	}
	value, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("day %q: attribute %s is %q; write a whole number", day, name, n.Value)
	}
	return value, nil
}
