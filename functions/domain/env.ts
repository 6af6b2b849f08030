// Names of the environment variables that infra sets and handlers read.
import * as z from 'zod/mini';
import './english.ts';
import { InvalidInput } from './errors.ts';

export const ENV = {
  /** DynamoDB table. */
  tableName: 'TABLE_NAME',
  /** Prefix of the names of this stack's functions and roles. */
  ownPrefix: 'OWN_PREFIX',
  /** Path of the compiled policy, a JSON file in a Lambda layer. */
  policyPath: 'POLICY_PATH',
  /** State machines. */
  respondArn: 'RESPOND_STATE_MACHINE_ARN',
  reverseArn: 'REVERSE_STATE_MACHINE_ARN',
  /**
   * EventBridge Scheduler: the group, the role it assumes, the reminder function it calls, and its dead-letter queue.
   */
  scheduleGroup: 'SCHEDULE_GROUP',
  scheduleRoleArn: 'SCHEDULE_ROLE_ARN',
  remindFunctionArn: 'REMIND_FUNCTION_ARN',
  scheduleDeadLetterArn: 'SCHEDULE_DEAD_LETTER_ARN',
  /** The sweeper calls it to notify people. */
  notifyFunctionName: 'NOTIFY_FUNCTION_NAME',
  /** Called to ask one more approver: by the web function, and by `bounce`. */
  approveFunctionName: 'APPROVE_FUNCTION_NAME',
  /** Called with the incidents whose records changed. */
  ticketFunctionName: 'TICKET_FUNCTION_NAME',
  /** Base URL of the approval and review pages, without a trailing slash. */
  webBaseUrl: 'WEB_BASE_URL',
  /** KMS HMAC key that signs the links. */
  linkKeyArn: 'LINK_KEY_ARN',
  /** The previous link key, during a rotation: see docs/links.md. */
  previousLinkKeyArn: 'PREVIOUS_LINK_KEY_ARN',
  /**
   * KMS HMAC keys of the proofs: votes and orders of people, rulings of the gate, evidence of executors, alerts of
   * intake, and resumptions after a halt.
   */
  voteKeyArn: 'VOTE_KEY_ARN',
  rulingKeyArn: 'RULING_KEY_ARN',
  evidenceKeyArn: 'EVIDENCE_KEY_ARN',
  alertKeyArn: 'ALERT_KEY_ARN',
  resumeKeyArn: 'RESUME_KEY_ARN',
  /** Their previous keys after a rotation, as JSON: see docs/links.md. */
  previousProofKeyArns: 'PREVIOUS_PROOF_KEY_ARNS',
  /** KMS HMAC key of the counts of pages. */
  pageKeyArn: 'PAGE_KEY_ARN',
  /** Sender address of email and its SES configuration set, and the SNS topic of the team. */
  mailFrom: 'MAIL_FROM',
  mailConfigurationSet: 'MAIL_CONFIGURATION_SET',
  teamTopicArn: 'TEAM_TOPIC_ARN',
  /** The only policy that the executor may attach to users. */
  denyAllPolicyArn: 'DENY_ALL_POLICY_ARN',
  /** WAFv2 IP sets, as JSON. */
  ipSets: 'IP_SETS',
  /** Destination of the flow logs and the role that writes them, as JSON. */
  flowLogs: 'FLOW_LOGS',
  /** Name of the log group of the stack's flow logs. */
  flowLogGroup: 'FLOW_LOG_GROUP',
  /** How the model is asked, as JSON, or absent to use the playbook: part of policies/analysis.yaml. */
  modelSettings: 'MODEL_SETTINGS',
  /** Secrets Manager secret with the Anthropic API key; never the key itself. */
  anthropicSecretArn: 'ANTHROPIC_SECRET_ARN',
  /** Asymmetric KMS key that signs the digests of the archive. */
  digestKeyArn: 'DIGEST_KEY_ARN',
  /** S3 bucket with the copies of the records. */
  archiveBucket: 'ARCHIVE_BUCKET',
  /** Dead-letter queue for input that can't be parsed. */
  rejectedQueueUrl: 'REJECTED_QUEUE_URL',
  /** The layout in which intake writes new incidents: `1` or `2`. See docs/upgrade.md. */
  recordLayout: 'RECORD_LAYOUT',
} as const;

export type Env = Readonly<Record<string, string | undefined>>;

/** The key of a variable in `ENV`, for example `tableName`. */
export type EnvName = keyof typeof ENV;

/**
 * The values of the named variables. Throws InvalidInput that lists every missing one.
 *
 * @example readEnv(process.env, 'tableName', 'policyPath').tableName
 */
export function readEnv<Name extends EnvName>(
  env: Env,
  ...names: readonly Name[]
): Record<Name, string> {
  const shape = Object.fromEntries(
    names.map((name) => [ENV[name], z.string().check(z.minLength(1))]),
  );
  const parsed = z.object(shape).safeParse(env);
  if (!parsed.success) {
    const missing = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new InvalidInput(`missing environment variables: ${missing.join(', ')}`);
  }
  return Object.fromEntries(names.map((name) => [name, parsed.data[ENV[name]]])) as Record<
    Name,
    string
  >;
}
