// Package rediscache is an AWS CDK construct for a query cache: ElastiCache for Redis or Valkey, highly available,
// encrypted, with AUTH, snapshots, logs and alarms, and one call that lets a Lambda function use it.
//
// NewRedisCache makes the replication group and everything that belongs to it. Only a VPC is required:
//
//	cache := rediscache.NewRedisCache(stack, jsii.String("Cache"), &rediscache.RedisCacheProps{Vpc: vpc})
//	cache.ConnectFunction(function)
//
// The function then may reach the cache, may read the connection secret, and has the environment variables REDIS_HOST,
// REDIS_PORT and REDIS_AUTH_SECRET. A function of another stack is connected in the same way; a cache of another app is
// imported with RedisCache_FromRedisCacheAttributes.
//
// # What is made
//
// A subnet group and a security group without egress; a generated AUTH token and a connection secret; a parameter group;
// two log groups; the replication group; alarms for every member; and a dashboard, if asked for. There are two secrets
// because one cannot work: the token is needed to make the group, and the endpoint exists only after it. Applications
// read the second, and the token itself is in no template, output or environment variable.
//
// Physical names come from Name alone. Without one, CloudFormation names everything, and two caches fit into one stack.
//
// # Mistakes
//
// What ElastiCache would refuse after twenty minutes is refused at synth. The props become plain settings, a table of
// rules judges them, and NewRedisCache panics with a [ValidationError] that has every problem at once, before it has
// made anything. The rules rest on tables of node types, engine versions and parameters, which tables/README.md
// describes. A value that is only known at deployment, a CloudFormation token, is never judged or changed.
//
// What is legal and risky, such as a single node or an alarm that nobody hears, is a warning. Its id begins with
// [WarningPrefix], and it can be acknowledged.
//
// # Metrics and alarms
//
// ElastiCache publishes metrics for the members of a group, never under the group's id, so every member has alarms of
// its own, and the metric methods take a node, counted from 1. Roles move at a failover, and the alarms with them need
// no change.
package rediscache
