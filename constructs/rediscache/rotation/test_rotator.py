"""Tests of rotator.py: what each step does, with the APIs simulated."""
import contextlib
import io
import json
import traceback
import unittest

from simulation import GRACE, HERE, STEPS, Refused, World


class RotatorTest(unittest.TestCase):
    def setUp(self):
        self.log = io.StringIO()
        self.enterContext(contextlib.redirect_stdout(self.log))
        self.world = World()

    def tearDown(self):
        self.assert_no_token(self.log.getvalue())

    def assert_no_token(self, text):
        for token in self.world.tokens():
            self.assertNotIn(token, text)

    def fails(self, kind, *arguments, **options):
        """Runs a step that has to fail, and returns the error's text."""
        with self.assertRaises(kind) as caught:
            self.world.step(*arguments, **options)
        self.assert_no_token("".join(traceback.format_exception(caught.exception)))
        return str(caught.exception)

    def assert_clean(self):
        token = self.world.tokens()[-1]
        self.assertEqual(self.world.token.value(), {"auth_token": token})
        self.assertEqual(
            self.world.connection.value(), {"host": "h", "port": 6379, "auth_token": token, "reader_host": "r"}
        )
        self.world.clock.sleep(60)
        self.world.group.settle()
        self.assertEqual(self.world.group.tokens, [token])


class Rotations(RotatorTest):
    def test_a_rotation_leaves_one_new_token_everywhere_and_the_connection_secrets_other_fields_alone(self):
        self.world.rotate()
        self.assert_clean()
        self.assertEqual(self.world.group.strategies, ["ROTATE", "SET"])

    def test_three_rotations_in_a_row_end_cleanly(self):
        for _ in range(3):
            self.world.rotate()
            self.assert_clean()
        self.assertEqual(len(set(self.world.tokens())), 4)

    def test_applications_get_the_new_token_before_awscurrent_moves_and_the_grace_before_the_old_one_goes(self):
        seen = {}

        def watch(world):
            new = world.manager.passwords[-1] if world.manager.passwords else None
            for event, happened in {
                "accepted": world.group.accepts(new),
                "connection secret": world.connection.value()["auth_token"] == new,
                "AWSCURRENT": world.token.value()["auth_token"] == new,
                "SET": "SET" in world.group.strategies,
            }.items():
                if happened:
                    seen.setdefault(event, world.clock.now)

        self.world.watchers.append(watch)
        self.world.rotate()
        self.assertEqual(list(seen), ["accepted", "connection secret", "AWSCURRENT", "SET"])
        self.assertGreaterEqual(seen["SET"] - seen["connection secret"], GRACE)

    def test_both_sources_stay_small_enough_for_a_template(self):
        # CloudFormation takes 51,200 bytes of template without S3, and a Lambda function is one resource of it.
        for name in ("rotator.py", "tester.py"):
            self.assertLess(len((HERE / name).read_bytes()), 6 * 1024, name)


class Steps(RotatorTest):
    def begin(self, *steps):
        version = self.world.begin()
        for name in steps:
            self.world.step(name, version)
        return version

    def test_create_keeps_the_token_of_an_earlier_attempt(self):
        version = self.begin("createSecret")
        before = self.world.token.value(VersionId=version)
        self.world.step("createSecret", version)
        self.assertEqual(self.world.token.value(VersionId=version), before)
        self.assertEqual(len(self.world.manager.passwords), 1)

    def test_set_leaves_a_group_alone_that_accepts_the_token_already(self):
        version = self.begin("createSecret", "setSecret", "setSecret")
        self.assertEqual(self.world.group.strategies, ["ROTATE"])
        self.assertTrue(self.world.group.accepts(self.world.token.value(VersionId=version)["auth_token"]))

    def test_set_waits_for_a_group_that_is_busy(self):
        version = self.begin("createSecret")
        self.world.group.busy_until = self.world.clock.now + 300
        self.world.step("setSecret", version)
        self.assertEqual(self.world.group.strategies, ["ROTATE"])

    def test_set_waits_until_applications_have_had_the_grace_for_the_token_that_they_have(self):
        version = self.begin("createSecret")
        self.world.connection.created = {v: self.world.clock.now for v in self.world.connection.created}
        began = self.world.clock.now
        self.world.step("setSecret", version)
        self.assertGreaterEqual(self.world.clock.now - began, GRACE)

    def test_set_that_runs_out_of_time_says_so_and_goes_on_when_it_is_run_again(self):
        version = self.begin("createSecret")
        self.world.group.busy_until = self.world.clock.now + 1000
        began = self.world.clock.now
        self.assertIn("cache is not ready and the time is over", self.fails(TimeoutError, "setSecret", version))
        self.assertLess(self.world.clock.now - began, 900)
        self.world.step("setSecret", version)
        self.assertEqual(self.world.group.strategies, ["ROTATE"])

    def test_test_refuses_a_pending_token_that_the_group_refuses(self):
        version = self.begin("createSecret")
        self.assertIn("cache refuses the token", self.fails(RuntimeError, "testSecret", version))

    def test_finish_run_again_after_awscurrent_has_moved_still_drops_the_old_token(self):
        version = self.begin("createSecret", "setSecret", "testSecret")
        self.fails(TimeoutError, "finishSecret", version, seconds=18)
        self.assertEqual(self.world.token.stages["AWSCURRENT"], version)
        self.assertEqual(self.world.group.strategies, ["ROTATE"])
        self.world.step("finishSecret", version)
        self.assert_clean()

    def test_a_rotation_run_again_after_its_end_changes_nothing(self):
        version = self.begin(*STEPS)
        for name in STEPS:
            self.world.step(name, version)
        self.assertEqual(self.world.group.strategies, ["ROTATE", "SET"])
        self.assert_clean()

    def test_a_late_repetition_for_an_older_version_is_refused(self):
        older = self.world.rotate()
        self.world.rotate()
        for name in STEPS:
            self.assertIn("neither AWSPENDING nor AWSCURRENT", self.fails(ValueError, name, older))
        self.assert_clean()

    def test_a_step_that_cannot_reach_the_group_fails_and_changes_nothing(self):
        version = self.begin("createSecret")
        self.world.tester_fails = True
        for name in ("setSecret", "testSecret"):
            self.assertIn("the tester failed: timed out", self.fails(RuntimeError, name, version))
        self.assertEqual(self.world.group.strategies, [])

    def test_a_deployment_that_writes_the_old_token_back_during_the_grace_locks_nobody_out(self):
        version = self.begin("createSecret", "setSecret", "testSecret")
        deployed = []

        def deploy(world):
            if world.token.stages["AWSCURRENT"] == version and not deployed:
                deployed.append(world.clock.now)
                old = {**world.connection.value(), "auth_token": world.first, "reader_host": "new"}
                world.connection.put("deployed", json.dumps(old), ["AWSCURRENT"])

        self.world.watchers.append(deploy)
        self.world.step("finishSecret", version)
        self.assertEqual(self.world.connection.value()["reader_host"], "new")
        self.assertEqual(self.world.connection.value()["auth_token"], self.world.tokens()[-1])
        self.assertGreaterEqual(self.world.clock.now - deployed[0], GRACE)


class Probe(RotatorTest):
    """RotateImmediatelyOnUpdate false: testSecret alone, for a version that Secrets Manager makes and removes."""

    def probe(self, value):
        self.world.token.stages["AWSPENDING"] = "probe"
        if value:
            self.world.token.put("probe", json.dumps({"auth_token": value}), ["AWSPENDING"])
        self.world.step("testSecret", "probe")

    def test_the_probe_passes_whatever_its_version_holds_when_the_current_token_works(self):
        for name, value in {
            "a copy of the current value": self.world.first,
            "no value": None,
            "a value that was never set": "y" * 32,
        }.items():
            with self.subTest(name):
                self.world = World()
                self.probe(value)
                self.assertEqual(self.world.group.strategies, [])
                self.assertNotIn("put_secret_value", self.world.calls)

    def test_the_probe_fails_when_the_group_refuses_the_current_token(self):
        self.world.group.tokens = ["z" * 32]
        with self.assertRaisesRegex(RuntimeError, "refuses the token"):
            self.probe(None)

    def test_a_rotation_after_the_probe_is_an_ordinary_one(self):
        self.probe(None)
        del self.world.token.stages["AWSPENDING"]
        self.world.rotate()
        self.assert_clean()


class Simulation(unittest.TestCase):
    """The simulated group keeps ElastiCache's rules; without them the other tests would prove nothing."""

    def modify(self, world, token, strategy):
        world.group.modify_replication_group("cache", token, strategy, True)
        world.clock.sleep(60)
        world.group.settle()
        return world.group.tokens

    def test_rotate_adds_a_token_and_the_third_pushes_out_the_oldest(self):
        world = World()
        self.assertEqual(self.modify(world, "b", "ROTATE"), [world.first, "b"])
        self.assertEqual(self.modify(world, "c", "ROTATE"), ["b", "c"])

    def test_set_takes_the_newest_token_only_and_leaves_it_alone(self):
        world = World()
        self.modify(world, "b", "ROTATE")
        with self.assertRaises(Refused):
            self.modify(world, world.first, "SET")
        self.assertEqual(self.modify(world, "b", "SET"), ["b"])
        with self.assertRaises(Refused):
            self.modify(world, "b", "SET")

    def test_a_group_that_is_being_modified_refuses_another_modification(self):
        world = World()
        world.group.modify_replication_group("cache", "b", "ROTATE", True)
        with self.assertRaises(Refused):
            world.group.modify_replication_group("cache", "c", "ROTATE", True)

    def test_putting_another_value_under_the_same_version_is_refused(self):
        world = World()
        with self.assertRaises(Refused):
            world.token.put("first", json.dumps({"auth_token": "b"}), ["AWSCURRENT"])


if __name__ == "__main__":
    unittest.main()
