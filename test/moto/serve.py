"""Serves moto on a free loopback port, prints that port, and ends when stdin does.

Stdin is a pipe from the test process: the kernel closes it however that process ends,
SIGKILL included, so no server is left behind.
"""

import logging
import os
import sys

from moto.server import ThreadedMotoServer

# One line per request on stderr would bury a traceback.
logging.getLogger("werkzeug").setLevel(logging.ERROR)

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
port = server.get_host_and_port()[1]
# moto's Step Functions engine calls AWS at http://localhost:$MOTO_PORT and reads it at each call.
os.environ.setdefault("MOTO_PORT", str(port))
print(port, flush=True)
sys.stdin.buffer.read()
os._exit(0)  # engine threads may still wait for a task token
