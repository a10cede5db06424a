module github.com/securebase/cdk-redis-cache/examples/drills

go 1.26.6

replace (
	github.com/securebase/cdk-redis-cache => ../..
	github.com/securebase/cdk-redis-cache/e2e => ../../e2e
)

require (
	github.com/redis/go-redis/v9 v9.22.0
	github.com/securebase/cdk-redis-cache/e2e v0.0.0
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/securebase/cdk-redis-cache v0.0.0 // indirect
	go.uber.org/atomic v1.12.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)
