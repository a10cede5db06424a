module github.com/securebase/cdk-redis-cache/e2e

go 1.26.0

replace github.com/securebase/cdk-redis-cache => ..

require (
	github.com/redis/go-redis/v9 v9.22.0
	github.com/securebase/cdk-redis-cache v0.0.0
)

require (
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	go.uber.org/atomic v1.11.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)
