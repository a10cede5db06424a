"""The cache on a real Redis Cluster with TLS: two shards, the first with a replica."""

import contextlib
from typing import Any

from .fixtures import TOKEN, Fixture, secret_json
from .servers import HOST, Authority, Cluster, Server, wait_for

SECOND = "second-token-0123456789"


class ClusterFixture(Fixture):
    cluster: Cluster

    @classmethod
    def setUpClass(cls) -> None:
        stack = cls.enterClassContext(contextlib.ExitStack())
        cls.authority = Authority(stack)
        cls.cluster = Cluster(stack, cls.authority)

    def setUp(self) -> None:
        for server in (self.cluster.first, self.cluster.second):
            server.run("FLUSHALL")
        self.make_cluster()

    def make_cluster(self, secret: str = "", **options: Any) -> None:
        port = str(self.cluster.first.port)
        given = {"host": HOST, "port": port, "ca_file": self.authority.ca_file, "cluster_mode": True, **options}
        self.make_real(secret or secret_json(TOKEN), **given)

    def keys(self) -> tuple[str, str]:
        """A key of each shard."""
        return self.cluster.key_of(self.cluster.first), self.cluster.key_of(self.cluster.second)


class Shards(ClusterFixture):
    def test_every_key_is_kept_on_the_shard_of_its_slot(self) -> None:
        for key, server in zip(self.keys(), self.cluster.servers, strict=False):
            self.assertEqual([self.get(key), self.get(key)], ["database", "cache"])
            self.assertEqual(server.admin.get(key), b'{"events":42}')
            self.assertGreater(server.admin.pttl(key), 3200_000)
        self.assertEqual(self.lines("msg"), [])
        self.assertEqual(self.secrets.reads, 1)

    def test_host_and_port_may_come_from_the_secret(self) -> None:
        self.make_cluster(secret_json(TOKEN, host=HOST, port=self.cluster.first.port), host="", port="")
        self.assertEqual([self.get(), self.get()], ["database", "cache"])

    def test_the_commands_are_those_of_the_readme(self) -> None:
        self.make_cluster(secret_json(TOKEN, username="app"), read_from_replicas=True)
        allowed = ("-@all", "+get", "+set", "+readonly", "+command", "+cluster|slots")
        for server in self.cluster.servers:
            server.run("ACL", "SETUSER", "app", "on", f">{TOKEN}", "~*", *allowed)
        for key in self.keys():
            self.assertEqual(self.get(key), "database")
        self.assertEqual(self.lines("msg"), [])

    def test_a_slot_that_has_moved_is_found(self) -> None:
        key, _ = self.keys()
        self.assertEqual(self.get(key), "database")
        self.cluster.move(key, self.cluster.second)
        self.addCleanup(self.cluster.move, key, self.cluster.first)
        self.assertEqual([self.get(key), self.get(key)], ["database", "cache"])
        self.assertEqual(self.cluster.second.admin.get(key), b'{"events":42}')
        self.assertEqual(self.lines("msg"), [])

    def test_a_slot_on_the_move_is_asked_for_where_it_goes(self) -> None:
        key, _ = self.keys()
        self.assertEqual(self.get(key), "database")
        slot = self.cluster.slot(key)
        self.cluster.second.run("CLUSTER", "SETSLOT", slot, "IMPORTING", self.cluster.ids[0])
        self.cluster.first.run("CLUSTER", "SETSLOT", slot, "MIGRATING", self.cluster.ids[1])
        self.addCleanup(self.cluster.second.run, "CLUSTER", "SETSLOT", slot, "STABLE")
        self.addCleanup(self.cluster.first.run, "CLUSTER", "SETSLOT", slot, "STABLE")
        self.cluster.first.run("DEL", key)
        self.assertEqual(self.get(key), "database")  # stored where the slot goes
        self.assertEqual(self.cluster.first.run("DBSIZE"), 0)
        self.assertEqual(self.get(key), "cache")
        self.assertEqual(self.lines("msg"), [])

    def test_a_changed_token_is_read_again_at_the_next_connection(self) -> None:
        for name, connected in (("when the map of the slots is read", False), ("when a node is connected to", True)):
            with self.subTest(name):
                self.make_cluster()
                first, second = self.keys()
                if connected:
                    self.get(first)
                else:
                    self.cache._secrets.get()
                self.set_token(TOKEN, SECOND)
                self.addCleanup(self.set_token, SECOND, TOKEN)
                self.secrets.text = secret_json(SECOND)
                self.now += 60
                self.get(second)
                self.assertEqual(self.get(second), "cache")
                self.assertEqual(self.lines("msg"), [])
                self.assertEqual(self.secrets.reads, 2)
                self.doCleanups()

    def set_token(self, old: str, new: str) -> None:
        for server in self.cluster.servers:
            server.run("CONFIG", "SET", "masterauth", new)
            server.run("ACL", "SETUSER", "default", f">{new}", f"<{old}")

    def test_reads_go_to_replicas_and_writes_to_primaries(self) -> None:
        self.make_cluster(read_from_replicas=True)
        key, without_replica = self.keys()
        self.assertEqual(self.get(key), "database")
        wait_for("the value is on the replica", lambda: self.cluster.replica.run("DBSIZE") == 1)
        for server in self.cluster.servers:
            server.run("CONFIG", "RESETSTAT")
        self.assertEqual(self.get(key), "cache")
        self.assertIn("get", self.cluster.replica.calls())
        self.assertNotIn("get", self.cluster.first.calls())
        self.assertEqual([self.get(without_replica), self.get(without_replica)], ["database", "cache"])
        self.assertEqual(self.lines("msg"), [])

    def test_an_unreachable_configuration_endpoint_costs_the_cache_only(self) -> None:
        self.make_cluster(port="1")
        self.assertEqual([self.get() for _ in range(5)], ["database"] * 5)
        self.assert_failed("GET", "primary", "connection")
        self.assertEqual(len(self.lines("msg")), 3, "failures before the breaker opened")

    def test_a_wrong_token_is_told_as_such(self) -> None:
        self.make_cluster(secret_json(SECOND))
        self.assertEqual(self.get(), "database")
        self.assert_failed("GET", "primary", "auth")


class LostShard(ClusterFixture):
    def test_it_costs_its_own_keys_only(self) -> None:
        first, second = self.keys()
        for key in (first, second):
            self.assertEqual(self.get(key), "database")
        self.cluster.second.stop()
        for _ in range(5):
            self.assertEqual(self.get(first), "cache")
            self.assertEqual(self.get(second), "database")
            self.assertGreater(self.counts()[2], 0)
        self.assertEqual(len(self.lines("msg")), 3, "failures before the breaker of the lost shard opened")
        self.assertEqual(self.lines("_aws")[-1]["reason"], "circuit_open")


class ImpostorShard(ClusterFixture):
    def test_the_name_of_each_node_is_verified(self) -> None:
        self.assertEqual(self.get(self.keys()[0]), "database")
        port = self.cluster.second.port
        self.cluster.second.stop()
        stack = self.enterContext(contextlib.ExitStack())
        Server(stack, Authority(stack), port=port)
        self.assertEqual(self.get(self.keys()[1]), "database")
        self.assert_failed("GET", "primary", "connection")
        self.assertIn("certificate verify failed", self.lines("msg")[-1]["error"])
