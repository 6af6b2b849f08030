// IAM permissions for sending messages.
import { ENV } from '../../domain/env.ts';
import {
  arnIn,
  type DeployedStack,
  type Environment,
  type Permission,
  type Permissions,
} from '../permissions.ts';

/** IAM accepts managed policies of at most 6,144 characters. The rest of a statement takes less than 1,000. */
const MAX_CHARACTERS = 4_500;
/** A role may have ten managed policies, and needs some for its other permissions. */
const MAX_STATEMENTS = 6;

/**
 * The addresses in groups that fit into a statement each. One email has one recipient, so that any group allows it.
 * Throws if there are too many for a role.
 */
function groupsOf(addresses: readonly string[]): string[][] {
  const groups: string[][] = [[]];
  let characters = 0;
  for (const address of [...new Set(addresses)].sort()) {
    // Quotes and a comma.
    characters += address.length + 3;
    if (characters > MAX_CHARACTERS) {
      groups.push([]);
      characters = address.length + 3;
    }
    groups.at(-1)?.push(address);
  }
  if (groups.length > MAX_STATEMENTS)
    throw new Error(
      `policy names ${addresses.length} people, and IAM has no room for all of their addresses in one role: leave people out of escalation.yaml, or let a group address stand for several`,
    );
  return groups;
}

/**
 * From our address to the people of policy, and to no one else. `ForAllValues` is true for a request without
 * recipients, so `Null` requires some.
 */
export const sendMail = (stack: DeployedStack): Permission[] => {
  const { mailFrom, mailConfigurationSet } = stack;
  // SES checks the address if it is verified, otherwise its domain.
  const identities = [mailFrom, mailFrom.slice(mailFrom.indexOf('@') + 1)];
  return groupsOf(stack.mailTo).map((people, i) => ({
    sid: `SendMailFromOurAddressToPeopleOfPolicy${i === 0 ? '' : i + 1}`,
    actions: ['ses:SendEmail'],
    resources: [
      ...identities.map((one) => `identity/${one}`),
      `configuration-set/${mailConfigurationSet}`,
    ].map((one) => arnIn(stack, 'ses', one)),
    conditions: {
      StringEquals: { 'ses:FromAddress': mailFrom },
      'ForAllValues:StringEquals': { 'ses:Recipients': people },
      Null: { 'ses:Recipients': 'false' },
    },
  }));
};

export const permissions: Permissions = (stack) => [
  ...sendMail(stack),
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
