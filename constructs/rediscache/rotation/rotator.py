"""Rotates a replication group's AUTH token, one step at a time as Secrets Manager calls it.

A group accepts up to two tokens: ROTATE adds one and drops the older of two, SET drops all but the newest. Applications
read the connection secret, so its token must never be dropped. Any step may stop anywhere and run again.
"""
import json
import os
import time

import boto3

GROUP = os.environ["REPLICATION_GROUP_ID"]
CONNECTION = os.environ["CONNECTION_SECRET"]
TESTER = os.environ["TESTER"]
GRACE = int(os.environ["GRACE_SECONDS"])  # for how long applications may keep a token that they have read
LATEST = "LATEST"  # stage of the version that createSecret made last; Secrets Manager's own versions lack it

secrets = boto3.client("secretsmanager")
elasticache = boto3.client("elasticache")
functions = boto3.client("lambda")


def handler(event, context):
    secret, version, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    stages = secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
    # A late repetition for an older version would publish a token that the group has dropped.
    if not {"AWSPENDING", "AWSCURRENT"} & set(stages.get(version, [])):
        raise ValueError(f"version {version} is neither AWSPENDING nor AWSCURRENT")
    run = {"createSecret": create, "setSecret": rotate, "testSecret": test, "finishSecret": finish}[step]
    run(secret, version, stages, context)
    print(step, version, "is done")


def create(secret, version, stages, context):
    try:
        read(secret, VersionId=version)
        return
    except secrets.exceptions.ResourceNotFoundException:
        pass
    # The token of a cancelled rotation (its version has lost AWSPENDING) may be the group's newest. The next ROTATE would
    # drop the one before it, which is the connection secret's, so the cancelled rotation is published first.
    for cancelled in [v for v in stages if stages[v] == [LATEST]]:
        token = read(secret, VersionId=cancelled)
        wait(context, available)
        if accepted(token):
            publish(secret, cancelled, stages, token)
    token = secrets.get_random_password(PasswordLength=32, ExcludePunctuation=True)["RandomPassword"]
    value = json.dumps({"auth_token": token})
    secrets.put_secret_value(
        SecretId=secret, ClientRequestToken=version, SecretString=value, VersionStages=["AWSPENDING", LATEST]
    )


def rotate(secret, version, stages, context):
    token = read(secret, VersionId=version)
    wait(context, available)
    if not accepted(token):
        wait(context, lambda: connection()[1] >= GRACE)
        modify(token, "ROTATE", context)


def test(secret, version, stages, context):
    # With RotateImmediatelyOnUpdate false, Secrets Manager tries this step alone, on a version of its own making.
    probe = LATEST not in stages[version]
    which = {"VersionStage": "AWSCURRENT"} if probe else {"VersionId": version}
    if not accepted(read(secret, **which)):
        raise RuntimeError(f"{GROUP} refuses the token of {which}")


def finish(secret, version, stages, context):
    token = read(secret, VersionId=version)
    publish(secret, version, stages, token)
    # A deployment may write the older token back into the connection secret, so share looks at it until the end.
    wait(context, lambda: share(token) >= GRACE and available())
    if accepted(read(secret, VersionStage="AWSPREVIOUS")):
        modify(token, "SET", context)


def publish(secret, version, stages, token):
    # Applications come first: once AWSCURRENT has moved, Secrets Manager counts the rotation as done.
    share(token)
    current = next(v for v in stages if "AWSCURRENT" in stages[v])
    if current != version:
        secrets.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=version, RemoveFromVersionId=current
        )


def share(token):
    """Puts the token into the connection secret and returns for how many seconds it has been there."""
    fields, age = connection()
    if fields["auth_token"] == token:
        return age
    secrets.put_secret_value(SecretId=CONNECTION, SecretString=json.dumps({**fields, "auth_token": token}))
    return 0


def connection():
    found = secrets.get_secret_value(SecretId=CONNECTION)
    return json.loads(found["SecretString"]), time.time() - found["CreatedDate"].timestamp()


def read(secret, **which):
    return json.loads(secrets.get_secret_value(SecretId=secret, **which)["SecretString"])["auth_token"]


def accepted(token):
    """Logs in to the group by the tester, which is in its VPC."""
    fields, _ = connection()
    event = {"host": fields["host"], "port": fields["port"], "token": token}
    answer = functions.invoke(FunctionName=TESTER, Payload=json.dumps(event))
    result = json.load(answer["Payload"])
    if "FunctionError" in answer:
        raise RuntimeError(f"the tester failed: {result.get('errorMessage')}")
    return result["ok"]


def modify(token, strategy, context):
    print(strategy, "on", GROUP)
    elasticache.modify_replication_group(
        ReplicationGroupId=GROUP, AuthToken=token, AuthTokenUpdateStrategy=strategy, ApplyImmediately=True
    )
    wait(context, available)


def available():
    group = elasticache.describe_replication_groups(ReplicationGroupId=GROUP)["ReplicationGroups"][0]
    return group["Status"] == "available" and "AuthTokenStatus" not in group.get("PendingModifiedValues", {})


def wait(context, done):
    while not done():
        if context.get_remaining_time_in_millis() < 15_000:
            raise TimeoutError(f"{GROUP} is not ready and the time is over; the step goes on where it is run again")
        time.sleep(5)
