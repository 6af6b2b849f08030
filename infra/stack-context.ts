// What is around the functions: everything that their environment and their rights refer to.
import type { Stack } from 'aws-cdk-lib';
import type { Policy } from '../functions/policy/policy.ts';
import type { Channels } from '../functions/policy/schemas/channels.ts';
import type { Archive } from './archive.ts';
import type { DeployedIpSet } from './firewall.ts';
import type { FlowLogs } from './flow-logs.ts';
import type { PolicyLayer } from './policy-layer.ts';
import type { ReversalSchedules } from './reversal-schedules.ts';
import type { Settings } from './settings.ts';

export type StackContext = {
  stack: Stack;
  settings: Settings;
  /** Of policy: the services outside AWS, whose secrets functions may read. */
  integrations: Policy['integrations'];
  /** Of policy: whose sampled requests may be looked at. */
  webAcls: Policy['webAcls'];
  /** Of policy: which secrets functions may read. */
  channels: Channels;
  /** Of policy: whose secret the pages may read. */
  signIn: Policy['signIn'];
  /** Of policy: where the schedules of the ladder are read. */
  onCall: Policy['escalation']['onCall'];
  policyLayer: PolicyLayer;
  tableName: string;
  tableArn: string;
  archive: Archive;
  rejectedQueueUrl: string;
  rejectedQueueArn: string;
  ipSets: readonly DeployedIpSet[];
  flowLogs: FlowLogs;
  denyAllPolicyArn: string;
  /** What policy protects: denied to the roles that work on users, too. */
  protectedTargets: Policy['protected'];
  teamTopicArn: string;
  linkKeyArn: string;
  /** Null until the key was rotated once. */
  previousLinkKeyArn: string | null;
  pageKeyArn: string;
  webBaseUrl: string;
  schedules: ReversalSchedules;
};
