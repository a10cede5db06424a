package cache_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/securebase/cdk-redis-cache/examples/lambda-go/cache"
)

type report struct {
	Orders int `json:"orders"`
}

func Example() {
	ctx := context.Background()
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	options := cache.OptionsFromEnv(cache.DefaultEnvironmentPrefix, os.Getenv)
	options.Secrets, options.Credentials, options.Region = secretsmanager.NewFromConfig(aws), aws.Credentials, aws.Region
	queries := cache.New(options) // once, outside of the handler

	lastDay := time.Date(2026, 11, 7, 0, 0, 0, 0, time.UTC)
	got, source, err := cache.GetOrLoad(ctx, queries, "report:v1:acme:2026-11", cache.TTLFor(lastDay, time.Now()),
		func(ctx context.Context) (report, error) {
			return report{Orders: 1}, nil // the slow query
		})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(got.Orders, source)
}
