// Command lambda-go is a Lambda function that answers analytics queries through an ElastiCache query cache.
package main

import (
	"context"
	"errors"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/redis/go-redis/v9/logging"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/analytics"
	"github.com/securebase/cdk-redis-cache/examples/lambda-go/cache"
)

func main() {
	handler, err := newHandler(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(handler.Handle)
}

// newHandler runs once for each execution environment; its clients are reused by every invocation.
func newHandler(ctx context.Context) (analytics.Handler, error) {
	table := os.Getenv("TABLE_NAME")
	if table == "" {
		return analytics.Handler{}, errors.New("TABLE_NAME is empty; set it to the name of the DynamoDB table")
	}
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return analytics.Handler{}, err
	}
	// The client's own lines are unstructured and repeat what the cache logs.
	logging.Disable()

	options := cache.OptionsFromEnv(cache.DefaultEnvironmentPrefix, os.Getenv)
	options.Secrets, options.Credentials, options.Region = secretsmanager.NewFromConfig(aws), aws.Credentials, aws.Region
	return analytics.Handler{
		Cache: cache.New(options),
		Table: analytics.Table{Client: dynamodb.NewFromConfig(aws), Name: table},
	}, nil
}
