// A stack with every optional part, for pages about permissions.
import type { DeployedStack } from '../../functions/mechanisms/permissions.ts';

/** Placeholders stand for names. */
export const EXAMPLE_STACK: DeployedStack = {
  partition: 'aws',
  region: 'REGION',
  account: 'ACCOUNT',
  prefix: 'PREFIX-',
  ipSets: [],
  flowLogs: { logGroupName: 'flow-logs', deliveryRoleArn: 'FLOW-LOG-ROLE' },
  denyAllPolicyArn: 'DENY-ALL-POLICY',
  protectedUserArns: ['PROTECTED-USERS'],
  teamTopicArn: 'TEAM-TOPIC',
  pageKeyArn: 'PAGE-KEY',
  mailFrom: 'MAIL-FROM',
  mailTo: ['ana.silva@example.com'],
  mailConfigurationSet: 'MAIL-CONFIGURATION-SET',
  textsFrom: ['SMS-SENDER'],
  secretArns: { mail: ['SECRET'], messages: ['SECRET'], tickets: ['SECRET'] },
  toJson: JSON.stringify,
};
