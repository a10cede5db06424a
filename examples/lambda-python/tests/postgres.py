"""A PostgreSQL with the generated orders of examples/sql, which ends with the test. `make examples-setup` installs it."""

import contextlib
import pathlib
import shutil
import subprocess
import tempfile
from typing import Any

import psycopg

from .servers import free_port

ORDERS = "50000"
LAST_DAY = "2026-11-22"
SQL = pathlib.Path(__file__).parents[2] / "sql"


class Postgres:
    def __init__(self, stack: contextlib.ExitStack) -> None:
        folder = tempfile.mkdtemp()
        stack.callback(shutil.rmtree, folder)
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        command = [str(SQL / "serve.sh"), folder, str(self.port), ORDERS, LAST_DAY]
        # The server lives as long as its standard input is open.
        process = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert process.stdin and process.stdout
        stack.callback(process.stdin.close)
        if (line := process.stdout.readline()) != "ready\n":
            raise RuntimeError(f"{command} said {line!r} and not that it is ready; run `make examples-setup`")
        self.ca_file = str(self.folder / "ca.pem")
        self.password = (self.folder / "password").read_text().strip()

    def admin(self, sql: str, parameters: Any = ()) -> None:
        """Runs a statement as the superuser."""
        with psycopg.connect(
            host=str(self.folder), port=self.port, user="postgres", dbname="analytics", autocommit=True
        ) as connection:
            connection.execute(sql.encode(), parameters)

    def refused_logins(self) -> int:
        return (self.folder / "server.log").read_text().count("FATAL:  password authentication failed")
