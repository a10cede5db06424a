// Package rediscache is an AWS CDK construct for a query cache: an ElastiCache replication group for Redis or Valkey, highly
// available, encrypted, with a login, snapshots, logs and alarms, and one call that lets a Lambda function use it.
//
// NewRedisCache creates the replication group and everything that belongs to it. Only a VPC is required:
//
//	cache := rediscache.NewRedisCache(stack, jsii.String("Cache"), &rediscache.RedisCacheProps{Vpc: vpc})
//	cache.ConnectFunction(function, nil)
//
// The function then reaches the cache, may log in, and has the environment variables REDIS_HOST, REDIS_PORT and what its
// login needs. A function of another stack is connected in the same way; ConnectClient connects anything else, such as an
// ECS service; a cache of another app is imported with [RedisCache_FromRedisCacheAttributes].
//
// # What is created
//
// A subnet group and a security group without egress; a parameter group; two log groups; the login; the replication group;
// alarms for every node; and a dashboard, if asked for. Physical names come from Name alone. Without one, CloudFormation
// generates them, and two caches fit into one stack.
//
// # Logins
//
// [Authentication_GeneratedToken], the default, keeps a token in Secrets Manager, and rotates it if asked to. There are two
// secrets because one cannot work: the token is needed to create the replication group, and the endpoint, which applications
// need beside it, exists only afterwards. Applications read the second one, the connection secret.
// [Authentication_Iam] needs no secret at all: clients log in with their role, and AddUser creates users that may do less.
// No token is in a template, an output or an environment variable.
//
// # Mistakes
//
// What ElastiCache would refuse after twenty minutes is refused at synth. Every concern of the cache, such as its backup or
// its network, has a file with its defaults and its rules, and NewRedisCache panics with a [ValidationError] that lists
// every problem at once, before it adds anything to the construct tree. The rules rest on tables of node types, engine
// versions and parameters, in internal/catalog. A value that is only known at deployment, a CloudFormation token, is never
// judged or changed. [RunApp] prints the problems without a goroutine trace.
//
// What is legal and risky, such as a single node or alarms that notify nobody, is a warning. Its id starts with
// [WarningPrefix], and it can be acknowledged.
//
// # Metrics and alarms
//
// ElastiCache publishes metrics for nodes, never under the id of the replication group. So every node has its own alarms and
// metrics, see Members, and the metrics of the whole group are metric math over them. Roles move at a failover, and the
// alarms need no change.
package rediscache
