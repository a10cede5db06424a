"""Cuts the rotator off at every call that it makes, before and after the call takes effect, and repairs in every way.

No moment may lock an application out, and every way has to end with one token everywhere.
"""
import contextlib
import io
import itertools
import unittest

from simulation import GRACE, STEPS, Cut, World

# The crash points: the calls of an undisturbed rotation in order, with the repetitions of a wait as one.
CALLS = """
createSecret: describe_secret get_secret_value get_random_password put_secret_value
setSecret:    describe_secret get_secret_value describe_replication_groups get_secret_value invoke get_secret_value
              modify_replication_group describe_replication_groups
testSecret:   describe_secret get_secret_value get_secret_value invoke
finishSecret: describe_secret get_secret_value get_secret_value put_secret_value update_secret_version_stage
              get_secret_value describe_replication_groups get_secret_value get_secret_value invoke
              modify_replication_group describe_replication_groups
"""


class Watch:
    """Checks at every call that no application is locked out."""

    def __init__(self):
        self.read = {}  # by token: when an application could last read it from the connection secret

    def __call__(self, world):
        now = world.clock.now
        connection = world.connection.value()["auth_token"]
        assert world.group.accepts(connection), "the group refuses the connection secret's token"
        assert world.group.accepts(world.token.value()["auth_token"]), "the group refuses AWSCURRENT's token"
        self.read[connection] = now
        for token, when in self.read.items():
            assert now - when >= GRACE or world.group.accepts(token), "the group dropped a token within its grace"


def watched_world():
    world = World()
    world.watchers.append(Watch())
    return world


def attempt(world):
    """Begins a rotation or takes one up, and tells whether it came to its end."""
    try:
        world.rotate()
    except Cut:
        return False
    return True


def retried(world):
    """Secrets Manager repeats the whole rotation until it ends, even one whose AWSCURRENT has moved."""
    version = f"version-{world.versions}"
    while True:
        try:
            for name in STEPS:
                world.step(name, version)
            return
        except Cut:
            pass


def counted_as_done(world):
    """Secrets Manager repeats it until AWSCURRENT has moved; what is left then is for the next rotation."""
    while not attempt(world):
        pass


def cancelled(world):
    """An operator takes AWSPENDING away and starts anew."""
    world.cancel()
    while not attempt(world):
        world.cancel()


REPAIRS = (retried, counted_as_done, cancelled)


class Crashes(unittest.TestCase):
    def setUp(self):
        self.log = io.StringIO()
        self.enterContext(contextlib.redirect_stdout(self.log))

    def undisturbed(self):
        world = watched_world()
        self.assertTrue(attempt(world))
        return world

    def assert_clean(self, world):
        current = world.token.value()["auth_token"]
        self.assertEqual(current, world.connection.value()["auth_token"])
        self.assertEqual(current, world.tokens()[-1])
        world.clock.sleep(60)
        world.group.settle()
        self.assertEqual(world.group.tokens, [current])
        for token in world.tokens():
            self.assertNotIn(token, self.log.getvalue())

    def test_the_crash_points_are_these_calls(self):
        expected = [word for word in CALLS.split() if not word.endswith(":")]
        self.assertEqual([call for call, _ in itertools.groupby(self.undisturbed().calls)],
                         [call for call, _ in itertools.groupby(expected)])

    def test_cut_off_at_any_call_nobody_is_locked_out_and_every_repair_ends_cleanly(self):
        for point in range(1, len(self.undisturbed().calls) + 1):
            for takes_effect, keeps_pending, repair in itertools.product((False, True), (False, True), REPAIRS):
                with self.subTest(call=point, takes_effect=takes_effect, keeps_pending=keeps_pending, repair=repair.__name__):
                    world = watched_world()
                    world.token.keeps_pending = keeps_pending
                    world.cuts = [(point, takes_effect)]
                    self.assertFalse(attempt(world))
                    repair(world)
                    self.assert_clean(world)

    def test_cut_off_twice_nobody_is_locked_out_and_every_repair_ends_cleanly(self):
        for first, second in itertools.product(range(1, len(self.undisturbed().calls) + 1), range(1, 50)):
            for takes_effect, repair in itertools.product((False, True), REPAIRS):
                world = watched_world()
                world.cuts = [(first, takes_effect), (second, takes_effect)]
                self.assertFalse(attempt(world))
                repair(world)
                world.cuts = []
                self.assert_clean(world)

    def test_the_next_rotation_after_a_cut_ends_cleanly(self):
        for point, takes_effect in itertools.product(range(1, len(self.undisturbed().calls) + 1), (False, True)):
            with self.subTest(call=point, takes_effect=takes_effect):
                world = watched_world()
                world.cuts = [(point, takes_effect)]
                attempt(world)
                counted_as_done(world)
                self.assertTrue(attempt(world))
                self.assert_clean(world)


if __name__ == "__main__":
    unittest.main()
