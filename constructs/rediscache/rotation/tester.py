"""Logs in to the cache once and tells whether it accepts the token.

It runs inside the VPC and calls no AWS API, so it needs no VPC endpoint; the rotator runs outside and calls the APIs.
An answer means that the cache has judged the token. Anything else is raised, and no text holds the token.
"""
import socket
import ssl

REFUSALS = ("-WRONGPASS", "-NOAUTH", "-ERR invalid password")  # the last one is what Redis 5 says


def handler(event, context):
    host, port = event["host"], int(event["port"])
    login = [event["username"]] if "username" in event else []
    tls = ssl.create_default_context()  # verifies the certificate and the host name
    with socket.create_connection((host, port), timeout=10) as plain, \
            tls.wrap_socket(plain, server_hostname=host) as link, link.makefile("rb") as replies:
        for command, expected in (["AUTH", *login, event["token"]], "+OK"), (["PING"], "+PONG"):
            link.sendall(encode(command))
            reply = replies.readline().decode(errors="replace").rstrip("\r\n")
            if reply.startswith(REFUSALS):
                return {"ok": False, "refused": reply[1:].split()[0]}
            if reply != expected:
                # The rest of an error may quote the command with the token in it.
                code = (reply.split() or ["nothing"])[0]
                raise RuntimeError(f"{host}:{port} answered {command[0]} with {code}")
    return {"ok": True}


def encode(words):
    """Encodes a command in RESP, the protocol of Redis and Valkey: every word after its length."""
    encoded = [word.encode() for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded)
