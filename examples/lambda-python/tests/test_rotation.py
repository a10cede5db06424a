"""The password changes while the function runs."""

import redis

from .fixtures import Fixture, secret_json


class Rotation(Fixture):
    def rotate(self, token="second-token-0123456789") -> None:
        self.server.login = (token,)
        self.secrets.text = secret_json(token)
        self.now += 60

    def test_a_refused_token_is_read_again_and_the_lookup_succeeds(self) -> None:
        self.make()
        self.get()
        self.rotate()
        self.server.errors["GET"] = [redis.ConnectionError("Connection closed by server.")]
        self.assertEqual(self.get(), "cache")
        self.assertEqual(self.counts(), (1, 0, 0))
        self.assertEqual(self.secrets.reads, 2)

    def test_an_established_connection_outlives_a_rotation(self) -> None:
        self.make()
        self.get()
        self.rotate()
        self.assertEqual(self.get(), "cache")
        self.assertEqual((self.secrets.reads, self.server.connections), (1, 1))

    def test_every_reply_that_refuses_a_token_is_recognised(self) -> None:
        for error in (
            redis.AuthenticationError("invalid password"),
            redis.AuthenticationError("Authentication required."),
            redis.ResponseError("WRONGPASS this user has no such password"),
            redis.ResponseError("NOAUTH Authentication required."),
            redis.ResponseError("invalid username-password pair"),
        ):
            with self.subTest(str(error)):
                self.make()
                self.get()
                self.rotate()
                self.server.errors["GET"] = [error]
                self.assertEqual(self.get(), "cache")
                self.assertEqual(self.secrets.reads, 2)

    def test_a_token_that_stays_refused_is_not_read_for_each_request(self) -> None:
        self.make(breaker_threshold=100)
        self.server.login = ("a token that nobody wrote to the secret",)
        for _ in range(5):
            self.assertEqual(self.get(), "database")
            self.assert_failed("GET", "primary", "auth")
        self.assertEqual(self.secrets.reads, 1)
        self.now += 10
        self.get()
        self.assertEqual(self.secrets.reads, 2)

    def test_a_secret_unreadable_at_cold_start_is_read_later(self) -> None:
        self.make(breaker_threshold=100)
        self.secrets.error = RuntimeError("secrets manager is down")
        for _ in range(5):
            self.assertEqual(self.get(), "database")
            self.assert_failed("GET", "primary", "secret")
            self.assertIn("secrets manager is down", self.lines("msg")[-1]["error"])
        self.assertEqual(self.secrets.reads, 1)
        self.secrets.error = None
        self.now += 10
        self.assertEqual(self.get(), "database")
        self.assertEqual(self.get(), "cache")
