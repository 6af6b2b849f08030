// Names of the environment variables that infra sets and handlers read.
import * as z from 'zod';
import { InvalidInput } from './errors.ts';

export const ENV = {
  /** DynamoDB table. */
  tableName: 'TABLE_NAME',
  /** Begins the names of this stack's functions and roles. */
  ownPrefix: 'OWN_PREFIX',
  /** Compiled policy, a JSON file in a Lambda layer. */
  policyPath: 'POLICY_PATH',
  /** State machines. */
  respondArn: 'RESPOND_STATE_MACHINE_ARN',
  reverseArn: 'REVERSE_STATE_MACHINE_ARN',
  /** EventBridge Scheduler: the group, the role it assumes, the reminder function it calls, and where failures go. */
  scheduleGroup: 'SCHEDULE_GROUP',
  scheduleRoleArn: 'SCHEDULE_ROLE_ARN',
  remindFunctionArn: 'REMIND_FUNCTION_ARN',
  scheduleDeadLetterArn: 'SCHEDULE_DEAD_LETTER_ARN',
  /** Called by the sweeper, to tell people. */
  notifyFunctionName: 'NOTIFY_FUNCTION_NAME',
  /** Called by the web, to ask one more person. */
  approveFunctionName: 'APPROVE_FUNCTION_NAME',
  /** Where approval and review pages are served, without a trailing slash. */
  webBaseUrl: 'WEB_BASE_URL',
  /** KMS HMAC key of the links. */
  linkKeyArn: 'LINK_KEY_ARN',
  /** The one before, where the key was rotated: see docs/links.md. */
  previousLinkKeyArn: 'PREVIOUS_LINK_KEY_ARN',
  /** KMS HMAC key of what the pages themselves give out: nonces of forms. */
  pageKeyArn: 'PAGE_KEY_ARN',
  /** Messages. */
  mailFrom: 'MAIL_FROM',
  teamTopicArn: 'TEAM_TOPIC_ARN',
  /** The one policy that may be attached to users: see functions/execute/user. */
  denyAllPolicyArn: 'DENY_ALL_POLICY_ARN',
  /** WAFv2 IP sets, as JSON: see functions/execute/waf. */
  ipSets: 'IP_SETS',
  /** Where flow logs go and which role writes them, as JSON: see functions/execute/flow-log. */
  flowLogs: 'FLOW_LOGS',
  /** Which model analyses: `anthropic`, `bedrock`, or absent for the playbook. */
  modelProvider: 'MODEL_PROVIDER',
  modelId: 'MODEL_ID',
  /** Secrets Manager secret with the Anthropic API key; never the key itself. */
  anthropicSecretArn: 'ANTHROPIC_SECRET_ARN',
  /** S3 bucket of the copies of records. */
  archiveBucket: 'ARCHIVE_BUCKET',
  /** Dead-letter queue for input that cannot be parsed. */
  rejectedQueueUrl: 'REJECTED_QUEUE_URL',
} as const;

export type Env = Readonly<Record<string, string | undefined>>;

/** The name of a variable in code, for example `tableName`. */
export type EnvName = keyof typeof ENV;

/**
 * The values of the variables that must be set. Throws InvalidInput that names every missing one at once.
 *
 * @example readEnv(process.env, 'tableName', 'policyPath').tableName
 */
export function readEnv<Name extends EnvName>(
  env: Env,
  ...names: readonly Name[]
): Record<Name, string> {
  const shape = Object.fromEntries(names.map((name) => [ENV[name], z.string().min(1)]));
  const parsed = z.object(shape).safeParse(env);
  if (!parsed.success) {
    const missing = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new InvalidInput(`expected these environment variables to be set: ${missing.join(', ')}`);
  }
  return Object.fromEntries(names.map((name) => [name, parsed.data[ENV[name]]])) as Record<
    Name,
    string
  >;
}
