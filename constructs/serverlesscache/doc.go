// Package serverlesscache is an AWS CDK construct for ElastiCache Serverless: a Valkey or Redis cache that scales by itself
// and is billed by the data that it stores and the requests that it serves. It stands beside package rediscache, which
// creates a replication group of nodes.
//
//	cache := serverlesscache.NewServerlessCache(stack, jsii.String("Cache"), &serverlesscache.ServerlessCacheProps{Vpc: vpc})
//	cache.ConnectFunction(function, nil)
//
// The function then may reach the cache, may log in with IAM, and has the environment variables REDIS_HOST, REDIS_PORT,
// REDIS_USER, REDIS_CACHE_NAME, REDIS_CLUSTER_MODE and REDIS_SERVERLESS. A serverless cache speaks TLS and the cluster
// protocol only, so the function needs a cluster client.
//
// # What is made
//
// A security group without egress; a user group with one user that functions share, and a locked default user; the cache;
// and its alarms. There are no nodes, no parameter group, no AUTH token and no logs. When the data reaches its limit,
// ElastiCache evicts keys that have a TTL; without one, writes fail.
//
// # Mistakes
//
// NewServerlessCache panics with a *[rediscache.ValidationError] that lists every invalid property, before it adds anything
// to the construct tree. A value that is only known at deployment, a CloudFormation token, is never judged or changed. What
// is legal and risky is a warning, whose id begins with [rediscache.WarningPrefix].
package serverlesscache
