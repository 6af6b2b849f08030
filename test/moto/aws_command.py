"""`aws` on the PATH of a test: hands its words to aws_cli.py, which has botocore loaded already."""

import json
import os
import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
    call = {"words": sys.argv[2:], "folder": os.getcwd(), "access_key": os.environ["AWS_ACCESS_KEY_ID"]}
    connection.sendall(json.dumps(call).encode() + b"\n")
    answer = json.loads(connection.makefile("rb").read())
sys.stdout.write(answer["out"])
if answer["error"]:
    sys.stderr.write(answer["error"] + "\n")
sys.exit(answer["code"])
