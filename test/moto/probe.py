"""Prints what moto implements of the calls that our mechanisms make: the table of docs/decisions/0002-moto.md.

Run when the pin moves: .venv-moto/bin/python test/moto/probe.py
"""

import io
import json
import logging
import zipfile

import boto3
from botocore.config import Config
from botocore.parsers import ResponseParserError
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
endpoint = "http://{}:{}".format(*server.get_host_and_port())


def client(service):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def probe(title, check):
    try:
        print(f"{title}: {check()}")
    except Exception as error:  # whatever moto does instead of answering is the finding
        first = (str(error).splitlines() or [""])[0]
        print(f"{title}: FAILS {type(error).__name__}: {first[:160]}")


def ops_items():
    ssm = client("ssm")
    made = ssm.create_ops_item(Title="t", Description="d", Source="countermand")
    ssm.update_ops_item(OpsItemId=made["OpsItemId"], Status="Resolved")
    return ssm.get_ops_item(OpsItemId=made["OpsItemId"])["OpsItem"]["Status"]


def send_email(verified):
    def check():
        ses = client("sesv2")
        if verified:
            ses.create_email_identity(EmailIdentity="a@example.com")
        sent = ses.send_email(
            FromEmailAddress="a@example.com",
            Destination={"ToAddresses": ["b@example.com"]},
            Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "b"}}}},
        )
        return "MessageId" in sent

    return check


def waf(resource, change):
    def check():
        wafv2 = client("wafv2")
        visibility = {
            "SampledRequestsEnabled": False,
            "CloudWatchMetricsEnabled": False,
            "MetricName": "m",
        }
        made = getattr(wafv2, f"create_{resource}")(
            Name=resource,
            Scope="REGIONAL",
            **({"Capacity": 5, "VisibilityConfig": visibility} if resource == "rule_group" else
               {"IPAddressVersion": "IPV4", "Addresses": []}),
        )["Summary"]
        key = {"Name": resource, "Scope": "REGIONAL", "Id": made["Id"]}
        body = {"VisibilityConfig": visibility, "Rules": []} if resource == "rule_group" else change
        update = getattr(wafv2, f"update_{resource}")
        update(**key, LockToken=made["LockToken"], **body)
        try:
            update(**key, LockToken=made["LockToken"], **body)
        except wafv2.exceptions.WAFOptimisticLockException:
            return "updated; a stale lock token is refused"
        return "updated; A STALE LOCK TOKEN IS ACCEPTED"

    return check


def network_acl():
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 10, "Egress": False}
    deny = {"Protocol": "-1", "RuleAction": "deny", "CidrBlock": "203.0.113.9/32"}
    ec2.create_network_acl_entry(**entry, **deny)
    notes = []
    try:
        ec2.create_network_acl_entry(**entry, **deny)
        notes.append("A TAKEN RULE NUMBER IS ACCEPTED")
    except ec2.exceptions.ClientError as error:
        notes.append(f"taken number: {error.response['Error']['Code']}")
    ipv6 = {"Protocol": "-1", "RuleAction": "deny", "Ipv6CidrBlock": "2001:db8::1/128"}
    ec2.create_network_acl_entry(**{**entry, "RuleNumber": 11}, **ipv6)
    shown = ec2.describe_network_acls(NetworkAclIds=[acl])["NetworkAcls"][0]["Entries"]
    notes.append(f"IPv6 shown: {any('Ipv6CidrBlock' in one for one in shown)}")
    ec2.delete_network_acl_entry(**entry)
    try:
        ec2.delete_network_acl_entry(**entry)
        notes.append("DELETING A MISSING ENTRY SUCCEEDS")
    except (ec2.exceptions.ClientError, ResponseParserError) as error:
        notes.append(f"deleting a missing entry: {type(error).__name__}")
    return "; ".join(notes)


def flow_log(interface_kind):
    def check():
        ec2 = client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
        if interface_kind == "VPC":
            target = vpc
        else:
            made = ec2.create_network_interface(SubnetId=subnet)
            target = made["NetworkInterface"]["NetworkInterfaceId"]
        answer = ec2.create_flow_logs(
            ResourceIds=[target],
            ResourceType=interface_kind,
            TrafficType="ALL",
            LogGroupName=f"flow-{interface_kind}",
            DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/flow",
        )
        if answer["Unsuccessful"]:
            return f"refused: {answer['Unsuccessful']}"
        again = ec2.describe_flow_logs(FlowLogIds=answer["FlowLogIds"])["FlowLogs"]
        ec2.delete_flow_logs(FlowLogIds=answer["FlowLogIds"])
        return f"created, described ({len(again)}), deleted"

    return check


def iam_user():
    iam = client("iam")
    iam.create_user(UserName="ann")
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    arn = iam.create_policy(PolicyName="deny", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="ann", PolicyArn=arn)
    attached = iam.list_attached_user_policies(UserName="ann")["AttachedPolicies"]
    iam.detach_user_policy(UserName="ann", PolicyArn=arn)
    try:
        iam.detach_user_policy(UserName="ann", PolicyArn=arn)
        second = "SUCCEEDS"
    except iam.exceptions.NoSuchEntityException:
        second = "NoSuchEntity"
    for number in range(11):
        more = iam.create_policy(PolicyName=f"p{number}", PolicyDocument=document)["Policy"]["Arn"]
        iam.attach_user_policy(UserName="ann", PolicyArn=more)
        iam.attach_user_policy(UserName="ann", PolicyArn=more)
    many = len(iam.list_attached_user_policies(UserName="ann")["AttachedPolicies"])
    return f"attached {len(attached)}; a second detach: {second}; without limit: {many} attached"


def access_key():
    iam = client("iam")
    iam.create_user(UserName="key-owner")
    key = iam.create_access_key(UserName="key-owner")["AccessKey"]["AccessKeyId"]
    iam.update_access_key(UserName="key-owner", AccessKeyId=key, Status="Inactive")
    status = iam.list_access_keys(UserName="key-owner")["AccessKeyMetadata"][0]["Status"]
    used = iam.get_access_key_last_used(AccessKeyId=key)["UserName"]
    iam.create_user(UserName="other")
    try:
        iam.update_access_key(UserName="other", AccessKeyId=key, Status="Active")
        other = "SUCCEEDS"
    except iam.exceptions.NoSuchEntityException:
        other = "NoSuchEntity"
    iam.update_access_key(UserName="key-owner", AccessKeyId=key, Status="Off")
    odd = iam.list_access_keys(UserName="key-owner")["AccessKeyMetadata"][0]["Status"]
    return f"status {status}, last used knows owner {used}; by another user: {other}; odd status: {odd}"


def lambda_logging():
    iam = client("iam")
    role = iam.create_role(RoleName="fn", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.js", "")
    functions = client("lambda")
    functions.create_function(
        FunctionName="fn",
        Runtime="nodejs22.x",
        Role=role,
        Handler="index.handler",
        Code={"ZipFile": buffer.getvalue()},
        LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO"},
    )
    functions.update_function_configuration(
        FunctionName="fn", LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"}
    )
    shown = functions.get_function_configuration(FunctionName="fn")
    notes = [f"accepted; LoggingConfig afterwards: {shown.get('LoggingConfig')}"]
    notes.append(f"status at once: {shown.get('LastUpdateStatus')}")
    try:
        functions.update_function_configuration(
            FunctionName="fn", RevisionId="stale", LoggingConfig={"LogFormat": "Text"}
        )
        notes.append("A STALE REVISION IS ACCEPTED")
    except functions.exceptions.PreconditionFailedException:
        notes.append("stale revision: PreconditionFailed")
    return "; ".join(notes)


def api_key():
    gateway = client("apigateway")
    made = gateway.create_api_key(name="k", enabled=True)["id"]
    off = [{"op": "replace", "path": "/enabled", "value": "false"}]
    shown = "value" in gateway.update_api_key(apiKey=made, patchOperations=off)
    gateway.update_api_key(
        apiKey=made, patchOperations=[{"op": "replace", "path": "/nothing", "value": "maybe"}]
    )
    enabled = gateway.get_api_key(apiKey=made)["enabled"]
    return f"enabled afterwards: {enabled}; value in the answer: {shown}; AN UNKNOWN PATH IS ACCEPTED"


def cognito():
    cognito_idp = client("cognito-idp")
    pool = cognito_idp.create_user_pool(PoolName="p")["UserPool"]["Id"]
    user = {"UserPoolId": pool, "Username": "ann"}
    cognito_idp.admin_create_user(**user)
    cognito_idp.admin_disable_user(**user)
    off = cognito_idp.admin_get_user(**user)["Enabled"]
    cognito_idp.admin_user_global_sign_out(**user)
    cognito_idp.admin_enable_user(**user)
    return f"disabled: {not off}, enabled again: {cognito_idp.admin_get_user(**user)['Enabled']}"


def schedule():
    scheduler = client("scheduler")
    wanted = {
        "Name": "s",
        "ScheduleExpression": "at(2030-01-01T00:00:00)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "DELETE",
        "Target": {
            "Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:reverse",
            "RoleArn": "arn:aws:iam::123456789012:role/r",
        },
    }
    scheduler.create_schedule(**wanted)
    notes = []
    try:
        scheduler.create_schedule(**wanted)
        notes.append("A SECOND CREATE SUCCEEDS")
    except scheduler.exceptions.ConflictException:
        notes.append("second create: Conflict")
    kept = scheduler.get_schedule(Name="s").get("ActionAfterCompletion")
    scheduler.delete_schedule(Name="s")
    try:
        scheduler.delete_schedule(Name="s")
        notes.append("A SECOND DELETE SUCCEEDS")
    except scheduler.exceptions.ResourceNotFoundException:
        notes.append("second delete: ResourceNotFound")
    return f"ActionAfterCompletion {kept}; " + "; ".join(notes)


def security_hub():
    hub = client("securityhub")
    hub.batch_update_findings(
        FindingIdentifiers=[{"Id": "i", "ProductArn": "p"}], Workflow={"Status": "RESOLVED"}
    )
    return "works"


def kms_mac():
    kms = client("kms")
    key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    mac = {"KeyId": key, "MacAlgorithm": "HMAC_SHA_256"}
    made = kms.generate_mac(Message=b"a", **mac)["Mac"]
    valid = kms.verify_mac(Message=b"a", Mac=made, **mac)["MacValid"]
    try:
        kms.verify_mac(Message=b"b", Mac=made, **mac)
        return "A FORGED MAC IS ACCEPTED"
    except kms.exceptions.KMSInvalidMacException:
        return f"valid {valid}, a forged one is refused"


probe("SSM OpsItems", ops_items)
probe("SES v2 SendEmail, identity not verified", send_email(False))
probe("SES v2 SendEmail, identity created", send_email(True))
probe("WAFv2 IP set", waf("ip_set", {"Addresses": ["203.0.113.9/32"]}))
probe("WAFv2 IP set, not a CIDR", waf("ip_set", {"Addresses": ["nonsense"]}))
probe("WAFv2 rule group", waf("rule_group", None))
probe("EC2 network ACL entries", network_acl)
probe("EC2 flow log of a VPC", flow_log("VPC"))
probe("EC2 flow log of a network interface", flow_log("NetworkInterface"))
probe("IAM attach and detach a user policy", iam_user)
probe("IAM access key", access_key)
probe("Lambda LoggingConfig", lambda_logging)
probe("API Gateway key", api_key)
probe("Cognito user", cognito)
probe("EventBridge Scheduler", schedule)
probe("Security Hub BatchUpdateFindings", security_hub)
probe("KMS MAC", kms_mac)
server.stop()
