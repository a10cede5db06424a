"""Options from the environment."""

import unittest

import cache


class FromTheEnvironment(unittest.TestCase):
    def test_options_come_from_the_environment(self) -> None:
        for name, prefix, environ, want in (
            ("nothing is set", "REDIS", {}, cache.Options()),
            (
                "a token",
                "REDIS",
                {"REDIS_HOST": "primary", "REDIS_PORT": "6380", "REDIS_AUTH_SECRET": "arn", "REDIS_READER_HOST": "reader"},
                cache.Options(host="primary", port="6380", secret_id="arn", reader_host="reader"),
            ),
            (
                "IAM, in cluster mode",
                "REDIS",
                {
                    "REDIS_USER": "prod-app",
                    "REDIS_CACHE_NAME": "prod-redis",
                    "REDIS_CLUSTER_MODE": "true",
                    "AWS_REGION": "eu-west-1",
                },
                cache.Options(user="prod-app", cache_name="prod-redis", cluster_mode=True, region="eu-west-1"),
            ),
            (
                "a serverless cache, which speaks the cluster protocol only",
                "REDIS",
                {"REDIS_SERVERLESS": "true"},
                cache.Options(serverless=True, cluster_mode=True),
            ),
            (
                "switches",
                "REDIS",
                {"REDIS_READ_FROM_REPLICAS": "true", "REDIS_CLUSTER_MODE": "false", "AWS_LAMBDA_FUNCTION_NAME": "analytics"},
                cache.Options(read_from_replicas=True, function_name="analytics"),
            ),
            (
                "another prefix",
                "SESSIONS",
                {"SESSIONS_HOST": "sessions", "SESSIONS_AUTH_SECRET": "arn", "REDIS_HOST": "primary", "REDIS_PORT": "6380"},
                cache.Options(environment_prefix="SESSIONS", host="sessions", secret_id="arn"),
            ),
        ):
            with self.subTest(name):
                self.assertEqual(cache.Options.from_env(prefix, environ), want)
