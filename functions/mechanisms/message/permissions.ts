// IAM permissions for sending messages.
import { ENV } from '../../domain/env.ts';
import { arnIn, type Environment, type Permissions } from '../permissions.ts';

export const permissions: Permissions = (stack) => {
  const { mailFrom, mailConfigurationSet, teamTopicArn, pageKeyArn, textsFrom, secretArns } = stack;
  // SES checks the address if it is verified, otherwise its domain.
  const identities = [mailFrom, mailFrom.slice(mailFrom.indexOf('@') + 1)];
  return [
    {
      sid: 'SendMailFromOurAddress',
      actions: ['ses:SendEmail'],
      resources: [
        ...identities.map((one) => `identity/${one}`),
        `configuration-set/${mailConfigurationSet}`,
      ].map((one) => arnIn(stack, 'ses', one)),
      conditions: { StringEquals: { 'ses:FromAddress': mailFrom } },
    },
    { sid: 'CountPages', actions: ['kms:GenerateMac', 'kms:VerifyMac'], resources: [pageKeyArn] },
    { sid: 'NotifyTheTeam', actions: ['sns:Publish'], resources: [teamTopicArn] },
    { sid: 'SendTexts', actions: ['sms-voice:SendTextMessage'], resources: textsFrom },
    {
      sid: 'ReadTheSecretsOfTheChannels',
      actions: ['secretsmanager:GetSecretValue'],
      resources: secretArns.messages,
    },
  ];
};

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
