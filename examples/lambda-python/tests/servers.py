"""Real Redis servers with TLS on the loopback interface, which end with the test. `make examples-setup` installs Redis."""

import contextlib
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from typing import Any

import redis
import trustme

from .fixtures import TOKEN

HOST = "127.0.0.1"


class Authority:
    """A certificate authority and the certificate of its servers."""

    def __init__(self, stack: contextlib.ExitStack, *names: str) -> None:
        self.folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.folder / "ca.pem"))
        certificate = authority.issue_cert(*(names or (HOST,)))
        certificate.private_key_pem.write_to_path(str(self.folder / "key.pem"))
        certificate.cert_chain_pems[0].write_to_path(str(self.folder / "cert.pem"))
        self.ca_file = str(self.folder / "ca.pem")


class Server:
    def __init__(self, stack: contextlib.ExitStack, authority: Authority, *arguments: str, port: int = 0) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise FileNotFoundError("redis-server is not installed; run `make examples-setup`")
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        self.authority = authority
        self.port = port or free_port()
        command = [program, "--port", "0", "--bind", HOST, "--tls-port", str(self.port), "--dir", folder, "--save", ""]
        command += ["--requirepass", TOKEN, "--masterauth", TOKEN, "--tls-auth-clients", "no", "--tls-replication", "yes"]
        for option, file in (("cert", "cert.pem"), ("key", "key.pem"), ("ca-cert", "ca.pem")):
            command += [f"--tls-{option}-file", str(authority.folder / file)]
        self.process = subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL)
        stack.callback(self.stop)
        self.admin = stack.enter_context(
            redis.Redis(
                host=HOST, port=self.port, password=TOKEN, ssl=True, ssl_ca_certs=authority.ca_file, ssl_check_hostname=False
            )
        )
        wait_for("the server answers", self.answers)

    def answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"redis-server ended with status {self.process.returncode}")
        try:
            return bool(self.admin.ping())
        except redis.ConnectionError:
            return False

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def signal(self, name: str) -> None:
        self.process.send_signal(signal.Signals[name])

    def run(self, *command: Any) -> Any:
        return self.admin.execute_command(*command)

    def cut_connections(self) -> None:
        self.run("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def calls(self) -> set[str]:
        """The commands that the server has been sent since CONFIG RESETSTAT."""
        return {name.removeprefix("cmdstat_") for name in self.admin.info("commandstats")}


class Cluster:
    """Two shards, the first with a replica."""

    def __init__(self, stack: contextlib.ExitStack, authority: Authority) -> None:
        settings = {
            "cluster-enabled": "yes",
            "tls-cluster": "yes",
            "cluster-require-full-coverage": "no",
            "cluster-replica-no-failover": "yes",
            "repl-diskless-sync-delay": "0",
            "repl-ping-replica-period": "1",  # a replica is in the map only after the first ping of its primary
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        ports = [str(free_port()) for _ in range(3)]
        self.servers = [Server(stack, authority, *arguments, "--cluster-port", port) for port in ports]
        self.first, self.second, self.replica = self.servers
        self.first.run("CLUSTER", "ADDSLOTSRANGE", 0, 8191)
        self.second.run("CLUSTER", "ADDSLOTSRANGE", 8192, 16383)
        for server, port in zip(self.servers[1:], ports[1:], strict=True):
            self.first.run("CLUSTER", "MEET", HOST, server.port, port)
        self.ids = [server.run("CLUSTER", "MYID").decode() for server in self.servers]
        wait_for("the nodes know each other", lambda: all(self.known_to(server) for server in self.servers))
        self.replica.run("CLUSTER", "REPLICATE", self.ids[0])
        wait_for("the replica is in the map of the slots", lambda: all(self.has_replica(server) for server in self.servers))

    def known_to(self, server: Server) -> bool:
        info = server.run("CLUSTER", "INFO").decode()
        return "cluster_known_nodes:3" in info and "cluster_slots_assigned:16384" in info

    def has_replica(self, server: Server) -> bool:
        return str(self.replica.port) in str(server.run("CLUSTER SLOTS"))

    def key_of(self, server: Server) -> str:
        """A key whose slot is on this server."""
        lower = server is self.first
        return next(key for key in map(str, range(100)) if (self.slot(key) <= 8191) == lower)

    def move(self, key: str, server: Server) -> None:
        """Gives the slot of the key, which is empty then, to a server."""
        for owner in (self.first, self.second):
            with contextlib.suppress(redis.ResponseError):  # MOVED
                owner.run("DEL", key)
        for owner in (server, self.first, self.second):
            owner.run("CLUSTER", "SETSLOT", self.slot(key), "NODE", self.ids[self.servers.index(server)])

    def slot(self, key: str) -> int:
        return int(self.first.run("CLUSTER", "KEYSLOT", key))


def free_port() -> int:
    """Below the range from which the system takes the ports of clients, so that none takes it before the server does."""
    while True:
        port = random.randrange(15000, 32000)
        with contextlib.suppress(OSError), socket.socket() as listener:
            listener.bind((HOST, port))
            return port


def wait_for(what: str, done: Callable[[], bool], patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {patience} s: {what}")
        time.sleep(0.02)
