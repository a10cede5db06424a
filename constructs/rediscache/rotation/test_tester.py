"""Tests of tester.py against servers that answer from a script."""
import contextlib
import io
import socket
import ssl
import threading
import traceback
import unittest
import unittest.mock

import tester

TOKEN = "S3cretTokenS3cretTokenS3cretToke"
AUTH = b"*2\r\n$4\r\nAUTH\r\n$32\r\n" + TOKEN.encode() + b"\r\n"
PING = b"*1\r\n$4\r\nPING\r\n"


class TesterTest(unittest.TestCase):
    def setUp(self):
        self.log = io.StringIO()
        self.enterContext(contextlib.redirect_stdout(self.log))
        self.handshakes = []

    def tearDown(self):
        self.assertNotIn(TOKEN, self.log.getvalue())

    def serve(self, *replies):
        """Answers each command with the next reply and keeps what it was sent; without a reply it hangs up."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        received = []

        def run():
            connection, _ = listener.accept()
            with connection, contextlib.suppress(ConnectionError):
                for reply in replies:
                    received.append(connection.recv(4096))
                    connection.sendall(reply)
                connection.recv(4096)

        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join)
        return listener.getsockname()[1], received

    def plain(self):
        """Leaves TLS out, for what is about the commands, and notes what it would have been."""

        def wrap(context, sock, server_hostname):
            self.handshakes.append((context.verify_mode, context.check_hostname, server_hostname))
            return sock

        self.enterContext(unittest.mock.patch.object(ssl.SSLContext, "wrap_socket", wrap))

    def ask(self, port, **more):
        return tester.handler({"host": "127.0.0.1", "port": port, "token": TOKEN, **more}, None)

    def fails(self, kind, port, **more):
        with self.assertRaises(kind) as caught:
            self.ask(port, **more)
        text = "".join(traceback.format_exception(caught.exception))
        self.assertNotIn(TOKEN, text)
        return str(caught.exception)


class Commands(TesterTest):
    def setUp(self):
        super().setUp()
        self.plain()

    def test_a_token_that_the_cache_takes_is_accepted(self):
        port, received = self.serve(b"+OK\r\n", b"+PONG\r\n")
        self.assertEqual(self.ask(port), {"ok": True})
        self.assertEqual(received, [AUTH, PING])

    def test_the_port_may_be_text_as_in_a_secret(self):
        port, _ = self.serve(b"+OK\r\n", b"+PONG\r\n")
        self.assertEqual(self.ask(str(port)), {"ok": True})

    def test_a_user_logs_in_by_name(self):
        port, received = self.serve(b"+OK\r\n", b"+PONG\r\n")
        self.assertEqual(self.ask(port, username="app"), {"ok": True})
        self.assertEqual(received[0], b"*3\r\n$4\r\nAUTH\r\n$3\r\napp\r\n$32\r\n" + TOKEN.encode() + b"\r\n")

    def test_a_refused_token_is_an_answer(self):
        for name, replies, code in (
            ("by AUTH", [b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"], "WRONGPASS"),
            ("by the first command", [b"+OK\r\n", b"-NOAUTH Authentication required.\r\n"], "NOAUTH"),
            ("by Redis 5", [b"-ERR invalid password\r\n"], "ERR"),
        ):
            with self.subTest(name):
                port, _ = self.serve(*replies)
                self.assertEqual(self.ask(port), {"ok": False, "refused": code})

    def test_what_is_no_judgement_of_the_token_is_raised_without_it(self):
        quoting = b"-ERR unknown command 'AUTH', with args beginning with: '" + TOKEN.encode() + b"'\r\n"
        for name, replies, said in (
            ("no token is set", [b"-ERR AUTH <password> called without any password configured\r\n"], "AUTH with -ERR"),
            ("the command is quoted", [quoting], "AUTH with -ERR"),
            ("the server loads its data", [b"+OK\r\n", b"-LOADING Redis is loading the dataset in memory\r\n"], "PING with -LOADING"),
            ("the server hangs up", [], "AUTH with nothing"),
            ("it is another protocol", [b"\xff\xfe\r\n"], "AUTH with"),
        ):
            with self.subTest(name):
                port, _ = self.serve(*replies)
                self.assertIn(said, self.fails(RuntimeError, port))

    def test_an_unreachable_cache_is_raised(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        self.fails(ConnectionRefusedError, port)

    def test_a_cache_that_does_not_answer_is_raised(self):
        port, _ = self.serve(b"", b"")
        connect = socket.create_connection
        with unittest.mock.patch("socket.create_connection", lambda address, timeout: connect(address, timeout / 50)):
            self.fails(TimeoutError, port)

    def test_certificate_and_host_name_are_verified(self):
        port, _ = self.serve(b"+OK\r\n", b"+PONG\r\n")
        self.ask(port)
        self.assertEqual(self.handshakes, [(ssl.CERT_REQUIRED, True, "127.0.0.1")])


class Transport(TesterTest):
    def test_a_server_without_tls_never_sees_the_token(self):
        port, received = self.serve(b"-ERR this is plain text\r\n")
        self.fails(ssl.SSLError, port)
        self.assertNotIn(TOKEN.encode(), b"".join(received))


if __name__ == "__main__":
    unittest.main()
