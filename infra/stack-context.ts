// Values that function environments and IAM statements refer to.
import type { Stack } from 'aws-cdk-lib';
import type { Policy } from '../functions/policy/policy.ts';
import type { Channels } from '../functions/policy/schemas/channels.ts';
import type { Archive } from './archive.ts';
import type { FailedCalls } from './failed-calls.ts';
import type { DeployedIpSet } from './firewall.ts';
import type { FlowLogs } from './flow-logs.ts';
import type { Rotated } from './mac-keys.ts';
import type { Names } from './names.ts';
import type { PolicyLayer } from './policy-layer.ts';
import type { ReversalSchedules } from './reversal-schedules.ts';
import type { Settings } from './settings.ts';

export type StackContext = {
  stack: Stack;
  settings: Settings;
  names: Names;
  integrations: Policy['integrations'];
  analysis: Policy['analysis'];
  webAcls: Policy['webAcls'];
  flowLogGroups: Policy['flowLogGroups'];
  configHistory: boolean;
  channels: Channels;
  signIn: Policy['signIn'];
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
  /** The email addresses of the people of policy. */
  mailTo: readonly string[];
  protectedTargets: Policy['protected'];
  teamTopicArn: string;
  /** Name of the SES configuration set. */
  mailConfigurationSet: string;
  linkKeyArn: string;
  /** Null until the first key rotation. */
  previousLinkKeyArn: string | null;
  proofKeys: Readonly<Record<'votes' | 'rulings' | 'evidence' | 'alerts' | 'resumptions', Rotated>>;
  pageKeyArn: string;
  digestKeyArn: string;
  webBaseUrl: string;
  schedules: ReversalSchedules;
  failedCalls: FailedCalls;
};
