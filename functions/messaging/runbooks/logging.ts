// Manual steps to record more: log level, flow logs, a WAF watch list.
import { shellQuoted } from '../../domain/wording.ts';
import { awsIn, type Case, fileOf, noCommands, type RunbookTemplate } from './template.ts';

const FUNCTION = /^[A-Za-z0-9_-]{1,64}$/;
const INTERFACE = /^eni-[0-9a-f]{8,17}$/;
const INSTANCE = /^i-[0-9a-f]{8,17}$/;

/** An update replaces the whole logging configuration, so the log group is sent back as it was read. */
export const raiseLogLevel: RunbookTemplate = (one) => {
  const { target } = one;
  if (!FUNCTION.test(target.value)) return noCommands('the name of a Lambda function', one);
  const aws = awsIn(one);
  const name = `--function-name ${target.value}`;
  const file = fileOf(one, 'logging.json');
  const get = (query: string, output: string) =>
    aws(`lambda get-function-configuration ${name} --output ${output} --query ${query}`);
  const set = (config: string) =>
    aws(
      `lambda update-function-configuration ${name} --logging-config ${config} --query LoggingConfig`,
    );
  return {
    check: [
      'A few calls take longer, because each change restarts the function.',
      'Debug lines may contain sensitive data. Who can read the log group?',
    ],
    look: [get(`'[LastUpdateStatus,Role,LoggingConfig]'`, 'json')],
    act: [
      `${get('LoggingConfig', 'json')} > ${file} && cat ${file}  # needed for the undo: keep this file`,
      `GROUP="$(${get('LoggingConfig.LogGroup', 'text')})"`,
      set('"LogFormat=JSON,ApplicationLogLevel=DEBUG,SystemLogLevel=INFO,LogGroup=$GROUP"'),
    ],
    undo: [set(`"$(cat ${file})"`)],
    notify: ['The owner of the function: the log format changes to JSON'],
  };
};

/** Writes where an existing flow log of the account writes, because a new destination needs a role of its own. */
export const recordFlows: RunbookTemplate = (one) => {
  const { target } = one;
  const isInstance = target.kind === 'instance';
  if (!(isInstance ? INSTANCE : INTERFACE).test(target.value))
    return noCommands(isInstance ? 'an instance ID' : 'a network interface ID', one);
  const aws = awsIn(one);
  const file = fileOf(one, 'flow-logs');
  const interfaces = interfacesOf(one);
  return {
    check: [
      'The commands write to the log group of another flow log of this account and region. If there is none, create a log group and a role for flow logs first.',
    ],
    look: [
      aws(
        `ec2 describe-flow-logs --filter Name=resource-id,Values="$(echo ${interfaces} | tr ' \\t' ,)" --query 'FlowLogs[].[FlowLogId,ResourceId,LogDestinationType]'`,
      ),
      aws(
        `ec2 describe-flow-logs --query 'FlowLogs[?DeliverLogsPermissionArn].[LogGroupName,DeliverLogsPermissionArn]'`,
      ),
    ],
    act: [
      `read -r GROUP ROLE <<< "$(${aws(`ec2 describe-flow-logs --output text --query 'FlowLogs[?DeliverLogsPermissionArn] | [0].[LogGroupName,DeliverLogsPermissionArn]'`)})"`,
      `${aws(`ec2 create-flow-logs --resource-type NetworkInterface --resource-ids ${interfaces} --traffic-type ALL --max-aggregation-interval 60 --log-destination-type cloud-watch-logs --log-group-name "$GROUP" --deliver-logs-permission-arn "$ROLE" --output text --query 'FlowLogIds[]'`)} > ${file} && cat ${file}  # needed for the undo: keep this file`,
    ],
    undo: [aws(`ec2 delete-flow-logs --flow-log-ids $(cat ${file})`)],
    notify: [],
  };
};

/** The interfaces that the alert names, or a command that lists those of the instance. */
function interfacesOf(one: Case): string {
  const { kind, value, attributes } = one.target;
  if (kind !== 'instance') return value;
  const named = (attributes.interfaceIds ?? '').split(',').filter((id) => INTERFACE.test(id));
  if (named.length > 0) return named.join(' ');
  const filter = shellQuoted(`Name=attachment.instance-id,Values=${value}`);
  return `$(${awsIn(one)(`ec2 describe-network-interfaces --filters ${filter} --output text --query 'NetworkInterfaces[].NetworkInterfaceId'`)})`;
}

export const closeFunctionUrl: RunbookTemplate = (one) => {
  const { target } = one;
  if (!FUNCTION.test(target.value)) return noCommands('the name of a Lambda function', one);
  const aws = awsIn(one);
  const name = `--function-name ${target.value}`;
  const file = fileOf(one, 'auth-type');
  const get = (query: string) =>
    aws(`lambda get-function-url-config ${name} --output text --query ${query}`);
  return {
    check: [
      'Who calls the URL without signing the requests? Browsers, webhooks and partners lose access.',
    ],
    look: [get(`'[FunctionUrl,AuthType,Cors]'`)],
    act: [
      `${get('AuthType')} > ${file} && cat ${file}  # needed for the undo: keep this file`,
      aws(`lambda update-function-url-config ${name} --auth-type AWS_IAM`),
    ],
    undo: [aws(`lambda update-function-url-config ${name} --auth-type "$(cat ${file})"`)],
    notify: ['The owner of the function, and the partners that call the URL'],
  };
};
