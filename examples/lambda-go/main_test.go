package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/analytics"
)

func TestTheEnvironmentConfiguresTheFunction(t *testing.T) {
	for _, c := range []struct {
		name  string
		query analytics.Query
		want  string
	}{
		{"an event is checked first", analytics.Query{}, "invalid query: "},
		{"without a database the error says what to set", analytics.Query{CustomerID: "customer-03", From: "2026-01-01", To: "2026-01-31"},
			"DB_SECRET is empty; set it to the ARN of the database's secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("AWS_REGION", "us-east-1")
			t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			t.Setenv("DB_SECRET", "")
			handler, err := newHandler(context.Background())
			require.NoError(t, err)
			_, err = handler.Handle(context.Background(), c.query)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestCertificatesThatAreMissingFailTheColdStart(t *testing.T) {
	t.Setenv("AWS_REGION", "us-east-1")
	t.Setenv("DB_CA_FILE", "/no/such/bundle.pem")
	_, err := newHandler(context.Background())
	assert.ErrorContains(t, err, "DB_CA_FILE: open /no/such/bundle.pem")
}
