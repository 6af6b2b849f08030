"""`aws` on the PATH of a test: hands its words to aws_cli.py, which has botocore loaded already."""

import json
import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
    connection.sendall(json.dumps(sys.argv[2:]).encode() + b"\n")
    answer = json.loads(connection.makefile("rb").read())
sys.stdout.write(answer["out"])
if answer["error"]:
    sys.stderr.write(answer["error"] + "\n")
sys.exit(answer["code"])
