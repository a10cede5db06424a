package stacks

import (
	"github.com/securebase/cdk-redis-cache/constructs/rediscache"
	"github.com/securebase/cdk-redis-cache/internal/check"
)

// validationError is the ValidationError that f panics with, or nil; any other panic goes on.
func validationError(f func()) (err error) {
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case *rediscache.ValidationError:
			err = failure
		default:
			panic(failure)
		}
	}()
	f()
	return nil
}

// serverlessCache is the construct that a message about a serverless environment names, in place of RedisCache.
const serverlessCache = "ServerlessCache"

// asError is nil for a report without problems. construct is empty for RedisCache.
func asError(construct, path string, r *check.Report) error {
	if len(r.Problems()) == 0 {
		return nil
	}
	err := &rediscache.ValidationError{Construct: construct, Path: path}
	for _, problem := range r.Problems() {
		err.Problems = append(err.Problems, rediscache.Problem(problem))
	}
	return err
}
