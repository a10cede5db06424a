"""Queries and logins on a real PostgreSQL with TLS."""

import contextlib
import json
import pathlib
import tempfile
import unittest
from typing import Any

import psycopg
import trustme

import database

from .fixtures import FakeSecrets
from .postgres import Postgres


class OnPostgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.server = Postgres(cls.enterClassContext(contextlib.ExitStack()))

    def setUp(self) -> None:
        self.make(self.secret(self.server.password))

    def make(self, secret: str, **options: Any) -> None:
        self.secrets = FakeSecrets(secret)
        given = {"secret_id": "orders", "ca_file": self.server.ca_file, "application_name": "test", **options}
        self.database = database.Database(database.Options(**given), self.secrets)
        self.addCleanup(self.database.close)

    def secret(self, password: str, **more: Any) -> str:
        login = {"engine": "postgres", "username": "analytics", "password": password}
        return json.dumps({**login, "host": "localhost", "port": self.server.port, "dbname": "analytics", **more})

    def ask(self, sql: str, *parameters: Any) -> Any:
        ((value,),) = self.database.query(sql, parameters)
        return value

    def pid(self) -> int:
        return int(self.ask("SELECT pg_backend_pid()"))


class Connections(OnPostgres):
    def test_one_encrypted_connection_serves_all_queries(self) -> None:
        self.assertEqual(len({self.pid() for _ in range(5)}), 1)
        self.assertTrue(self.ask("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
        self.assertEqual(self.ask("SELECT current_setting('application_name')"), "test")
        self.assertEqual(self.ask("SELECT current_setting('statement_timeout')"), "25s")
        self.assertEqual(self.ask("SELECT $1::integer + 1", 41), 42)
        self.assertEqual(self.secrets.reads, 1)

    def test_a_dead_connection_is_replaced_unnoticed(self) -> None:
        pid = self.pid()
        self.server.admin("SELECT pg_terminate_backend(%s, 10000)", (pid,))
        self.assertNotEqual(self.pid(), pid)
        self.assertEqual(self.secrets.reads, 1)

    def test_a_statement_that_fails_is_not_repeated(self) -> None:
        pid = self.pid()
        self.database._connection.execute(b"SET statement_timeout = 1")
        with self.assertRaises(psycopg.errors.QueryCanceled):
            self.ask("SELECT pg_sleep(60)::text")
        self.assertEqual(self.pid(), pid)

    def test_after_a_rotation_the_secret_is_read_again(self) -> None:
        pid = self.pid()
        self.server.admin("ALTER ROLE analytics PASSWORD 'second'")
        self.addCleanup(self.server.admin, f"ALTER ROLE analytics PASSWORD '{self.server.password}'")
        self.assertEqual(self.pid(), pid, "the established connection stays in use")
        self.server.admin("SELECT pg_terminate_backend(%s, 10000)", (pid,))
        refused = self.server.refused_logins()
        with self.assertRaisesRegex(psycopg.OperationalError, "password authentication failed"):  # not rotated yet
            self.pid()
        self.assertEqual(self.secrets.reads, 2)
        self.assertEqual(self.server.refused_logins(), refused + 1, "the same login is not tried again")

        self.secrets.text = self.secret("second")
        self.assertNotEqual(self.pid(), pid)
        self.assertEqual(self.secrets.reads, 3)

    def test_the_server_is_verified(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            stranger = pathlib.Path(folder) / "ca.pem"
            trustme.CA().cert_pem.write_to_path(str(stranger))
            for name, options, want in (
                ("a certificate that is not one of the file's", {"ca_file": str(stranger)}, "certificate verify failed"),
                ("a certificate that is not one of the system's", {"ca_file": ""}, "certificate verify failed"),
                ("a certificate of another host", {"host": "127.0.0.1"}, "does not match host name"),
            ):
                with self.subTest(name), self.assertRaisesRegex(psycopg.OperationalError, want):
                    self.make(self.secret(self.server.password), **options)
                    self.pid()

    def test_addresses_come_from_the_options_before_the_secret(self) -> None:
        unused = self.secret(self.server.password, host="unused.invalid", port=1, dbname="unused")
        self.make(unused, host="localhost", port=str(self.server.port), name="analytics")
        self.assertEqual(self.ask("SELECT 1"), 1)


class Secrets(unittest.TestCase):
    def make(self, secret: str, **options: Any) -> database.Database:
        self.secrets = FakeSecrets(secret)
        return database.Database(database.Options(**{"secret_id": "orders", **options}), self.secrets)

    def test_what_is_wrong_is_said_without_quoting_it(self) -> None:
        whole = json.dumps({"username": "u", "password": "pa55word", "host": "h", "dbname": "d"})
        for name, secret, options, want in (
            ("not JSON", "pa55word", {}, 'secret "orders": not of the form {"username"'),
            ("not an object", "[55555]", {}, 'secret "orders": not of the form {"username"'),
            ("a password of another type", '{"password": 55555}', {}, 'secret "orders": not of the form {"username"'),
            (
                "a login alone, as RDS manages it",
                '{"username": "u", "password": "pa55word"}',
                {},
                'secret "orders": host is missing; set DB_HOST. dbname is missing; set DB_NAME',
            ),
            ("no login", '{"host": "h", "dbname": "d"}', {}, "username or password is missing; a secret of RDS has both"),
            ("a port that is none", whole, {"port": "54x32"}, "port is not a port number; set DB_PORT to one from 1 to 65535"),
            ("no secret", "", {"secret_id": ""}, "DB_SECRET is empty; set it to the ARN of the database's secret"),
        ):
            with self.subTest(name):
                with self.assertRaises(database.SecretError) as raised:
                    self.make(secret, **options).query("SELECT 1", ())
                self.assertIn(want, str(raised.exception))
                self.assertNotIn("pa55word", str(raised.exception))
                self.assertNotIn("55555", str(raised.exception))

    def test_a_secret_that_could_not_be_read_is_read_at_the_next_query(self) -> None:
        asked = self.make("not JSON")
        self.secrets.error = RuntimeError("secrets manager is down")
        with self.assertRaisesRegex(database.SecretError, 'secret "orders" cannot be read: secrets manager is down'):
            asked.query("SELECT 1", ())
        self.secrets.error = None
        with self.assertRaisesRegex(database.SecretError, "not of the form"):
            asked.query("SELECT 1", ())

    def test_options_come_from_the_environment(self) -> None:
        environ = {"DB_SECRET": "arn", "DB_HOST": "h", "DB_PORT": "1", "DB_NAME": "n", "DB_CA_FILE": "f"}
        want = database.Options(secret_id="arn", host="h", port="1", name="n", ca_file="f")
        self.assertEqual(database.Options.from_env(environ), want)

    def test_a_ca_file_that_cannot_be_used_is_an_error_at_the_cold_start(self) -> None:
        with tempfile.NamedTemporaryFile() as empty:
            for name in ("/no/such/file", empty.name):
                with self.subTest(name), self.assertRaisesRegex(ValueError, f'DB_CA_FILE: "{name}" cannot be used: .*; set it'):
                    self.make("", ca_file=name)
