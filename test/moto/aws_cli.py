"""The syntax of the AWS CLI on botocore's own models, so that commands written for people can be run in tests.

Serves commands on a loopback port, which it prints, notes each with its end in the file $AWS_COMMANDS, and ends when
stdin does. A command or an option that AWS does
not have is refused with 252, as the CLI refuses it; what a service refuses, with 254. Takes what our runbooks use:
values, lists, flags, JSON and the shorthand `Key=value,Key=[a,b]`; --query, --output json|text, --max-items.

The real CLI (pip's awscli) is 155 MB; that it takes the same commands was checked by hand (docs/decisions/0002-moto.md).
"""

import io
import json
import os
import re
import socketserver
import sys
import threading

import botocore.exceptions
import botocore.session
import jmespath
from botocore import xform_name

USAGE, SERVICE = 252, 254
# The CLI calls these services by other names than botocore.
SERVICES = {"s3api": "s3"}
# The CLI's own flags for a boolean parameter. https://docs.aws.amazon.com/cli/latest/reference/ec2/
FLAGS = {"ec2": {"ingress": ("Egress", False), "egress": ("Egress", True)}}


class Usage(Exception):
    pass


session = botocore.session.get_session()
clients = {}


def client_of(service, region, access_key):
    # IAM has no regions; the CLI asks for one for every other service.
    if region is None and service != "iam":
        raise Usage("You must specify a region")
    key = (service, region, access_key)
    if key not in clients:
        clients[key] = session.create_client(
            service,
            region_name=region or "us-east-1",
            endpoint_url=os.environ["AWS_ENDPOINT_URL"],
            aws_access_key_id=access_key,
            aws_secret_access_key="test",
        )
    return clients[key]


def split(text, separator):
    """At the separator, but not inside brackets."""
    parts, depth, part = [], 0, ""
    for letter in text:
        depth += (letter in "[{") - (letter in "]}")
        if letter == separator and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    return [*parts, part]


def shorthand(text, shape):
    """`Name=a,Values=b,c` in the form of the shape. https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html"""
    if shape.type_name == "structure":
        if text.startswith("{"):
            text = text[1:-1]
        fields, last = {}, None
        for part in split(text, ","):
            name, equals, value = part.partition("=")
            if equals and name in shape.members:
                last = name
                fields[name] = [value]
            elif last is None:
                raise Usage(f"'{part}' is no {' or '.join(shape.members)}")
            else:
                fields[last].append(part)
        return {name: member(values, shape.members[name]) for name, values in fields.items()}
    return scalar(text, shape)


def member(values, shape):
    if shape.type_name != "list":
        return shorthand(",".join(values), shape)
    [first, *rest] = values
    if not rest and first.startswith("["):
        values = split(first[1:-1], ",")
    return [shorthand(value, shape.member) for value in values]


def scalar(text, shape):
    if shape.type_name in ("integer", "long"):
        if not re.fullmatch(r"-?\d+", text):
            raise Usage(f"'{text}' is no number")
        return int(text)
    if shape.type_name == "boolean":
        return text == "true"
    if shape.type_name in ("structure", "map", "list"):
        raise Usage(f"'{text}' is not understood")
    return text


def value_of(values, shape):
    nested = shape.type_name in ("structure", "list", "map")
    if nested and len(values) == 1 and values[0][:1] in ("[", "{"):
        try:
            return json.loads(values[0])
        except ValueError:
            pass
    if shape.type_name == "list":
        return [shorthand(value, shape.member) for value in values]
    if len(values) != 1:
        raise Usage(f"expected one value, found {values}")
    return shorthand(values[0], shape)


def is_flag(shape):
    """A boolean, or a structure that holds nothing but one."""
    if shape.type_name == "boolean":
        return True
    return shape.type_name == "structure" and [m.type_name for m in shape.members.values()] == ["boolean"]


def flag_value(shape, value):
    return value if shape.type_name == "boolean" else {next(iter(shape.members)): value}


def options_in(words):
    """[(name, [values])], in order."""
    options = []
    for word in words:
        if word.startswith("--"):
            options.append((word[2:], []))
        elif options:
            options[-1][1].append(word)
        else:
            raise Usage(f"'{word}' belongs to no option")
    return options


def parameters_of(service, model, options):
    known = {xform_name(name, "-"): name for name in (model.input_shape.members if model.input_shape else {})}
    parameters = {}
    for name, values in options:
        if name in FLAGS.get(service, {}) and not values:
            field, value = FLAGS[service][name]
            parameters[field] = value
            continue
        positive = name.removeprefix("no-")
        field = known.get(name) or known.get(positive)
        if field is None:
            raise Usage(f"unknown option --{name}")
        shape = model.input_shape.members[field]
        if is_flag(shape):
            if values:
                raise Usage(f"--{name} takes no value, found {values}")
            parameters[field] = flag_value(shape, name == xform_name(field, "-"))
        elif field != known.get(name) or not values:
            raise Usage(f"--{name} needs a value")
        else:
            parameters[field] = value_of(values, shape)
    return parameters


def as_text(found, out):
    """https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-output-format.html#text-output"""
    if not isinstance(found, list):
        out.write(f"{found}\n")
    elif any(isinstance(one, list) for one in found):
        for one in found:
            as_text(one, out)
    elif found:
        out.write("\t".join(str(one) for one in found) + "\n")


def content_of(word, folder):
    """The file that a value names. https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html"""
    if not word.startswith("file://"):
        return word
    with open(os.path.join(folder, word.removeprefix("file://")), encoding="utf-8") as file:
        return file.read()


def run(words, folder, access_key, out):
    args = [content_of(word, folder) for word in words]
    if len(args) < 2:
        raise Usage("expected a service and a command")
    [called, command, *words] = args
    service = SERVICES.get(called, called)
    options = options_in(words)
    taken = {}
    for name in ("region", "query", "output", "max-items"):
        for one in [one for one in options if one[0] == name]:
            options.remove(one)
            [taken[name]] = one[1]
    if service not in session.get_available_services():
        raise Usage(f"no service {called}")
    client = client_of(service, taken.get("region"), access_key)
    operations = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    if command not in operations:
        raise Usage(f"{called} has no command {command}")
    model = client.meta.service_model.operation_model(operations[command])
    parameters = parameters_of(service, model, options)
    if "max-items" in taken and not client.can_paginate(xform_name(model.name)):
        raise Usage(f"{command} takes no --max-items")
    query = jmespath.compile(taken["query"]) if "query" in taken else None
    answer = getattr(client, xform_name(model.name))(**parameters)
    answer.pop("ResponseMetadata", None)
    found = query.search(answer) if query else answer
    if taken.get("output", "json") == "text":
        as_text(found, out)
    elif found not in ({}, ""):
        out.write(json.dumps(found, indent=4, default=str) + "\n")


class Command(socketserver.StreamRequestHandler):
    def handle(self):
        call = json.loads(self.rfile.readline())
        out, error, code = io.StringIO(), "", 0
        try:
            run(call["words"], call["folder"], call["access_key"], out)
        except (Usage, botocore.exceptions.ParamValidationError, jmespath.exceptions.JMESPathError) as why:
            error, code = f"aws: error: {why}", USAGE
        except Exception as why:
            error, code = f"An error occurred: {why}", SERVICE
        with open(os.environ["AWS_COMMANDS"], "a", encoding="utf-8") as log:
            log.write(json.dumps({"words": call["words"], "code": code, "error": error}) + "\n")
        self.wfile.write(json.dumps({"code": code, "out": out.getvalue(), "error": error}).encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


server = Server(("127.0.0.1", 0), Command)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.buffer.read()
os._exit(0)
