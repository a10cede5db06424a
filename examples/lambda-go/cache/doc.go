// Package cache keeps the results of slow queries in ElastiCache for Redis, for code that runs in AWS Lambda.
//
// # The rule
//
// The cache is never a reason to fail. [GetOrLoad] asks Redis, and whatever goes wrong there (it is slow, down, refuses the
// token, holds a value that cannot be read, or the secret with the token is unreadable) the value comes from the caller's
// load function instead. The failure is counted and logged; only an error of load itself, or the end of ctx, reaches the
// caller.
//
// # Time
//
// One GetOrLoad spends at most Options.Budget (1 s) on the cache, reading, writing, reconnecting and re-reading the secret
// together. Within it a connection (TCP and TLS) may take Options.ConnectTimeout (500 ms) and a command
// Options.CommandTimeout (250 ms). The client's own retries are off. A command is sent again only when its connection turns
// out to be dead or leads to a demoted primary (at most Options.PoolSize times, a dead pool having no more connections), or
// once after a renewed token.
//
// Three failures in a row open a circuit breaker: for a second the endpoint is not asked at all, then one request tries it
// for all. A dead Redis thus costs a few requests their timeout, not each.
//
// # Connections
//
// Make one Cache for each execution environment and keep it for its life. It connects on first use, with TLS 1.2 or newer,
// and verifies the certificate and host name. Endpoint names are resolved at each connect, so a connection that breaks in a
// failover is replaced by one to the new primary.
//
// # The token
//
// The secret is read on first use and kept. When Redis refuses the token on a new connection, the secret is read again (once
// for all waiting requests and no more often than Options.SecretInterval) and the connection is made with the new token.
// Established connections stay in use: Redis asks for a token only at connect.
//
// # Telemetry
//
// Each lookup writes one line in CloudWatch's Embedded Metric Format: CacheHit or CacheMiss is 1, CacheFailure is the number of cache
// operations that failed; the dimension is FunctionName. A miss is any answer
// that load gave, so that the average of CacheHit is the part of the lookups that the database was spared.
//
// Each failure also writes one line of JSON with operation, endpoint, reason and error; the reasons are the Reason
// constants. While the breaker is open only the metric line is written, with reason circuit_open. The token is in neither.
package cache
