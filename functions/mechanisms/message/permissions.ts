// IAM permissions for sending messages.
import { ENV } from '../../domain/env.ts';
import {
  arnIn,
  type DeployedStack,
  type Environment,
  type Permission,
  type Permissions,
} from '../permissions.ts';

/**
 * From our address to the people of policy, and to no one else. `ForAllValues` is true for a request without recipients,
 * so `Null` requires some.
 */
export const sendMail = (stack: DeployedStack): Permission => {
  const { mailFrom, mailConfigurationSet } = stack;
  // SES checks the address if it is verified, otherwise its domain.
  const identities = [mailFrom, mailFrom.slice(mailFrom.indexOf('@') + 1)];
  return {
    sid: 'SendMailFromOurAddressToPeopleOfPolicy',
    actions: ['ses:SendEmail'],
    resources: [
      ...identities.map((one) => `identity/${one}`),
      `configuration-set/${mailConfigurationSet}`,
    ].map((one) => arnIn(stack, 'ses', one)),
    conditions: {
      StringEquals: { 'ses:FromAddress': mailFrom },
      'ForAllValues:StringEquals': { 'ses:Recipients': stack.mailTo },
      Null: { 'ses:Recipients': 'false' },
    },
  };
};

export const permissions: Permissions = (stack) => [
  sendMail(stack),
  {
    sid: 'CountPages',
    // A withdrawal pages no one.
    only: 'execute',
    actions: ['kms:GenerateMac', 'kms:VerifyMac'],
    resources: [stack.pageKeyArn],
  },
  { sid: 'NotifyTheTeam', actions: ['sns:Publish'], resources: [stack.teamTopicArn] },
  // No condition key limits who gets a text.
  { sid: 'SendTexts', actions: ['sms-voice:SendTextMessage'], resources: stack.textsFrom },
  {
    sid: 'ReadTheSecretsOfTheChannels',
    actions: ['secretsmanager:GetSecretValue'],
    resources: stack.secretArns.messages,
  },
];

export const environment: Environment = ({
  mailFrom,
  mailConfigurationSet,
  teamTopicArn,
  pageKeyArn,
}) => ({
  [ENV.mailFrom]: mailFrom,
  [ENV.mailConfigurationSet]: mailConfigurationSet,
  [ENV.teamTopicArn]: teamTopicArn,
  [ENV.pageKeyArn]: pageKeyArn,
});
