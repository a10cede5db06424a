"""Lambda's Python runtime in small: takes events from the Runtime API, calls handler.handler, posts the answers."""

import http.client
import json
import os
import sys
import time
from types import SimpleNamespace

import boto3

API = "/2018-06-01/runtime"

# boto3 reads AWS_ENDPOINT_URL_<SERVICE> itself since 1.28; Debian 12 has an older one.
ENDPOINTS = {
    "secretsmanager": "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "dynamodb": "AWS_ENDPOINT_URL_DYNAMODB",
}


def with_endpoint(make):
    def wrapped(self, service_name, *args, **kwargs):
        if service_name in ENDPOINTS and not kwargs.get("endpoint_url"):
            kwargs["endpoint_url"] = os.environ[ENDPOINTS[service_name]]
        return make(self, service_name, *args, **kwargs)

    return wrapped


boto3.session.Session.client = with_endpoint(boto3.session.Session.client)
boto3.session.Session.resource = with_endpoint(boto3.session.Session.resource)


def main():
    sys.path.insert(0, sys.argv[1])
    from handler import handler

    runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def call(method, path, body=None):
        runtime.request(method, API + path, body, {"Content-Type": "application/json"})
        response = runtime.getresponse()
        return response, response.read()

    while True:
        head, event = call("GET", "/invocation/next")
        request_id = head.headers["Lambda-Runtime-Aws-Request-Id"]
        deadline_ms = int(head.headers["Lambda-Runtime-Deadline-Ms"])
        context = SimpleNamespace(
            aws_request_id=request_id,
            function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
            invoked_function_arn=head.headers["Lambda-Runtime-Invoked-Function-Arn"],
            get_remaining_time_in_millis=lambda: int(deadline_ms - time.time() * 1000),
        )
        try:
            answer = json.dumps(handler(json.loads(event), context))
        except Exception as error:
            failure = {"errorType": type(error).__name__, "errorMessage": str(error)}
            call("POST", f"/invocation/{request_id}/error", json.dumps(failure))
        else:
            call("POST", f"/invocation/{request_id}/response", answer)
        sys.stdout.flush()


main()
