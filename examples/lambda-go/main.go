// Command lambda-go is a Lambda function that answers analytics queries through an ElastiCache query cache.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/redis/go-redis/v9/logging"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/analytics"
	"github.com/securebase/cdk-redis-cache/examples/lambda-go/cache"
	"github.com/securebase/cdk-redis-cache/examples/lambda-go/database"
)

func main() {
	handler, err := newHandler(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(handler.Handle)
}

// newHandler runs once for each execution environment; its connections are reused by every invocation.
func newHandler(ctx context.Context) (analytics.Handler, error) {
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return analytics.Handler{}, err
	}
	secrets := secretsmanager.NewFromConfig(aws)
	// The client's own lines are unstructured and repeat what the cache logs.
	logging.Disable()

	options := database.OptionsFromEnv(os.Getenv)
	options.Secrets = secrets
	orders, err := database.New(options)
	if err != nil {
		return analytics.Handler{}, err
	}
	cacheOptions := cache.OptionsFromEnv(cache.DefaultEnvironmentPrefix, os.Getenv)
	cacheOptions.Secrets, cacheOptions.Credentials, cacheOptions.Region = secrets, aws.Credentials, aws.Region
	return analytics.Handler{Cache: cache.New(cacheOptions), Database: orders}, nil
}
