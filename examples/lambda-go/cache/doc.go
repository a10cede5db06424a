// Package cache keeps the results of slow queries in ElastiCache, for code that runs in AWS Lambda.
//
// # The rule
//
// The cache is never a reason to fail. [GetOrLoad] asks Redis, and whatever goes wrong there (it is slow, down, refuses the
// login, holds a value that cannot be read, or the secret is unreadable) the value comes from the caller's load function
// instead. The failure is counted and logged; only an error of load itself, or the end of ctx, reaches the caller.
//
// # Time
//
// One GetOrLoad spends at most Options.Budget (1 s) on the cache: reading, writing, reconnecting and reading the secret again
// together. Within it a connection (TCP and TLS) may take Options.ConnectTimeout (500 ms) and a command
// Options.CommandTimeout (250 ms). A command is sent again only when its connection turns out to be dead or leads to a demoted
// primary (at most Options.PoolSize times, as many connections may be dead), or once after the secret was renewed. In cluster
// mode go-redis also tries a node that does not answer up to three times, within the budget.
//
// Three failures in a row open a circuit breaker: for a second the node is not asked at all, then one request tries it for all.
// A dead Redis thus costs a few requests their timeout, not each.
//
// # Connections
//
// Make one Cache for each execution environment and keep it for its life. It connects on first use, with TLS 1.2 or newer,
// and verifies the certificate and the host name. Endpoint names are resolved at each connect, so that a connection that breaks
// in a failover is replaced by one to the new primary.
//
// In cluster mode (Options.ClusterMode) Host is the configuration endpoint. Each node has a breaker of its own, so that a lost
// shard costs its own keys only, and the map of the hash slots is read again after a failure.
//
// # Logins
//
// With Options.SecretID the password is in a secret, which is read on first use and kept. When Redis refuses the password on a
// new connection, the secret is read again (once for all waiting requests and at most every Options.SecretInterval) and the
// connection is made with the new password. With Options.User and Options.CacheName the login is IAM: each new connection signs
// a token of its own, without a network call. Established connections stay in use: Redis asks for a login only at connect.
//
// # Telemetry
//
// Each lookup writes one line in CloudWatch's Embedded Metric Format: CacheHit or CacheMiss is 1, CacheFailure is the number of
// cache operations that failed; the dimension is FunctionName. Any answer of load is a miss, so that the average of CacheHit is
// the part of the lookups that the database was spared.
//
// Each failure also writes one line of JSON with operation, endpoint, reason and error; the reasons are the Reason
// constants. While a breaker is open only the metric line is written, with reason circuit_open. The password is in neither.
package cache
