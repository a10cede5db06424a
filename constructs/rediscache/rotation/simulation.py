"""A replication group, Secrets Manager and Lambda in memory, with the rules that rotator.py relies on.

Where AWS leaves a choice, the stricter one is taken: a token is dropped when a modification begins and added when it
ends, versions without a stage are deleted at once, ROTATE to a token that is in the group and SET with one token fail.
"""
import datetime
import io
import json
import os
import pathlib
import sys
import types
import unittest.mock
import uuid

HERE = pathlib.Path(__file__).parent
SOURCE = compile((HERE / "rotator.py").read_text(), "rotator.py", "exec")
GRACE = 10
TOKEN_SECRET, CONNECTION_SECRET, TESTER = "arn:token", "arn:connection", "arn:tester"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


class Cut(BaseException):
    """The function's environment is gone. Not an Exception, as no code of the function sees it."""


class Refused(Exception):
    """An error response of an API."""


class ResourceNotFoundException(Refused):
    pass


class Clock:
    """Stands in for the time module in rotator.py."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def time(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Group:
    """The tokens of a replication group; the newest is the last."""

    def __init__(self, clock, token):
        self.clock, self.tokens, self.strategies = clock, [token], []
        self.busy_until = self.status_until = 0.0
        self.coming = None

    def settle(self):
        if self.coming and self.clock.now >= self.status_until:
            self.tokens.append(self.coming)
            self.coming = None

    def accepts(self, token):
        self.settle()
        return token in self.tokens

    def modify_replication_group(self, ReplicationGroupId, AuthToken, AuthTokenUpdateStrategy, ApplyImmediately):
        self.settle()
        assert ReplicationGroupId == "cache" and ApplyImmediately is True
        if self.clock.now < max(self.busy_until, self.status_until):
            raise Refused("InvalidReplicationGroupState")
        if AuthTokenUpdateStrategy == "ROTATE":
            if AuthToken in self.tokens:
                raise Refused("InvalidParameterValue")
            self.tokens, self.coming = self.tokens[-1:], AuthToken
        else:
            if AuthTokenUpdateStrategy != "SET" or len(self.tokens) != 2 or AuthToken != self.tokens[-1]:
                raise Refused("InvalidParameterCombination")
            self.tokens = [AuthToken]
        self.strategies.append(AuthTokenUpdateStrategy)
        self.busy_until, self.status_until = self.clock.now + 4, self.clock.now + 9

    def describe_replication_groups(self, ReplicationGroupId):
        self.settle()
        assert ReplicationGroupId == "cache"
        group = {"Status": "modifying" if self.clock.now < self.busy_until else "available", "PendingModifiedValues": {}}
        if self.clock.now < self.status_until:
            group["PendingModifiedValues"]["AuthTokenStatus"] = "ROTATING" if self.coming else "SETTING"
        return {"ReplicationGroups": [group]}


class Secret:
    """The versions of a secret and their stages."""

    keeps_pending = True  # whether AWSPENDING stays on a version that becomes AWSCURRENT: AWS documents both

    def __init__(self, clock, value):
        self.clock, self.values, self.created, self.stages = clock, {}, {}, {}
        self.put("first", json.dumps(value), ["AWSCURRENT"])

    def put(self, version, text, stages):
        if self.values.setdefault(version, text) != text:
            raise Refused("ResourceExistsException")
        self.created.setdefault(version, self.clock.now)
        for stage in stages:
            self.move(stage, version)

    def move(self, stage, version):
        before = self.stages.get(stage)
        self.stages[stage] = version
        if stage == "AWSCURRENT" and before not in (None, version):
            self.stages["AWSPREVIOUS"] = before
            if not self.keeps_pending and self.stages.get("AWSPENDING") == version:
                del self.stages["AWSPENDING"]
        self.tidy()

    def tidy(self):
        for unused in set(self.values) - set(self.stages.values()):
            del self.values[unused], self.created[unused]

    def find(self, VersionId=None, VersionStage=None):
        version = VersionId or self.stages.get(VersionStage or "AWSCURRENT")
        if version not in self.values or (VersionStage and self.stages.get(VersionStage) != version):
            raise ResourceNotFoundException("Secrets Manager can't find the specified secret value")
        return version

    def value(self, **which):
        return json.loads(self.values[self.find(**which)])

    def by_version(self):
        found = {}
        for stage, version in self.stages.items():
            found.setdefault(version, []).append(stage)
        return found


class SecretsManager:
    """The client's operations, on the two secrets."""

    exceptions = types.SimpleNamespace(ResourceNotFoundException=ResourceNotFoundException)

    def __init__(self, secrets):
        self.secrets, self.passwords = secrets, []

    def describe_secret(self, SecretId):
        return {"VersionIdsToStages": self.secrets[SecretId].by_version()}

    def get_secret_value(self, SecretId, **which):
        secret = self.secrets[SecretId]
        version = secret.find(**which)
        created = datetime.datetime.fromtimestamp(secret.created[version], datetime.timezone.utc)
        return {"SecretString": secret.values[version], "CreatedDate": created}

    def put_secret_value(self, SecretId, SecretString, ClientRequestToken=None, VersionStages=("AWSCURRENT",)):
        secret = self.secrets[SecretId]
        secret.put(ClientRequestToken or str(uuid.uuid4()), SecretString, VersionStages)

    def update_secret_version_stage(self, SecretId, VersionStage, MoveToVersionId, RemoveFromVersionId):
        secret = self.secrets[SecretId]
        if secret.stages.get(VersionStage) != RemoveFromVersionId or MoveToVersionId not in secret.values:
            raise Refused("InvalidParameterException")
        secret.move(VersionStage, MoveToVersionId)

    def get_random_password(self, PasswordLength, ExcludePunctuation):
        assert PasswordLength == 32 and ExcludePunctuation is True
        self.passwords.append(f"Token{len(self.passwords) + 1:03}".ljust(32, "x"))
        return {"RandomPassword": self.passwords[-1]}


class Client:
    """Hands the calls of a boto3 client to the world, which counts them and may cut the function off."""

    def __init__(self, world, target):
        self._world, self._target = world, target
        self.exceptions = getattr(target, "exceptions", None)

    def __getattr__(self, operation):
        return lambda **arguments: self._world.call(operation, getattr(self._target, operation), arguments)


class World:
    """One cache with its secrets and rotator."""

    def __init__(self):
        self.clock = Clock()
        self.first = "Token000".ljust(32, "x")
        self.group = Group(self.clock, self.first)
        self.token = Secret(self.clock, {"auth_token": self.first})
        self.connection = Secret(
            self.clock, {"host": "h", "port": 6379, "auth_token": self.first, "reader_host": "r"}
        )
        self.clock.now += 1000
        self.manager = SecretsManager({TOKEN_SECRET: self.token, CONNECTION_SECRET: self.connection})
        self.calls, self.cuts, self.watchers = [], [], []
        self.tester_fails, self.versions = False, 0
        self.rotator = self.load()

    def load(self):
        clients = {"secretsmanager": self.manager, "elasticache": self.group, "lambda": self}
        boto3 = types.SimpleNamespace(client=lambda name: Client(self, clients[name]))
        environment = {
            "REPLICATION_GROUP_ID": "cache",
            "CONNECTION_SECRET": CONNECTION_SECRET,
            "TESTER": TESTER,
            "GRACE_SECONDS": str(GRACE),
        }
        rotator = types.ModuleType("rotator")
        with unittest.mock.patch.dict(sys.modules, boto3=boto3), unittest.mock.patch.dict(os.environ, environment):
            exec(SOURCE, rotator.__dict__)
        rotator.time = self.clock
        return rotator

    def tokens(self):
        return [self.first, *self.manager.passwords]

    def call(self, operation, run, arguments):
        """Runs one call of the rotator. cuts holds pairs: which call from now on, and whether it still takes effect."""
        self.calls.append(operation)
        cut = None
        if self.cuts:
            left, takes_effect = self.cuts[0]
            self.cuts[0] = (left - 1, takes_effect)
            cut = self.cuts.pop(0) if left == 1 else None
        self.watch()
        if cut and not cut[1]:
            raise Cut()
        try:
            return run(**arguments)
        finally:
            self.watch()
            if cut:
                raise Cut()

    def watch(self):
        for watcher in self.watchers:
            watcher(self)

    def invoke(self, FunctionName, Payload):
        assert FunctionName == TESTER
        event = json.loads(Payload)
        assert (event["host"], event["port"]) == ("h", 6379)
        if self.tester_fails:
            error = {"errorType": "TimeoutError", "errorMessage": "timed out"}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(error).encode())}
        ok = self.group.accepts(event["token"])
        answer = {"ok": True} if ok else {"ok": False, "refused": "WRONGPASS"}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def step(self, name, version, seconds=900):
        ends = self.clock.now + seconds
        context = types.SimpleNamespace(get_remaining_time_in_millis=lambda: int((ends - self.clock.now) * 1000))
        event = {"SecretId": TOKEN_SECRET, "ClientRequestToken": version, "Step": name}
        self.rotator.handler(event, context)

    def begin(self):
        """What RotateSecret does first: a version of an unfinished rotation is taken up again, else an empty one is made."""
        pending = self.token.stages.get("AWSPENDING")
        if pending not in (None, self.token.stages["AWSCURRENT"]):
            return pending
        self.versions += 1
        self.token.stages["AWSPENDING"] = f"version-{self.versions}"
        return self.token.stages["AWSPENDING"]

    def rotate(self):
        version = self.begin()
        for name in STEPS:
            self.step(name, version)
        return version

    def cancel(self):
        """What an operator does to leave a rotation that does not end: takes AWSPENDING away."""
        version = self.token.stages.get("AWSPENDING")
        if version != self.token.stages["AWSCURRENT"]:
            self.token.stages.pop("AWSPENDING", None)
            self.token.tidy()
