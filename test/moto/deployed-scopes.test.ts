// All other executors and reversers as deployed, on moto, with their roles.
import { EC2, type FlowLog } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SNS } from '@aws-sdk/client-sns';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ENV } from '../../functions/domain/env.ts';
import {
  createLambda,
  type LambdaState,
  LOCAL_FUNCTIONS,
} from '../../functions/mechanisms/function-log/stand-in.ts';
import { EXCHANGE_APP } from '../../functions/mechanisms/mail/stand-in-exchange.ts';
import { SCOPES } from '../../functions/mechanisms/registry.ts';
import { createOpsCenter, type OpsItem } from '../../functions/mechanisms/ticket/stand-in.ts';
import { reviewAfterDays } from '../../functions/policy/schemas/actions.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import {
  alertWith,
  attacker,
  INCIDENT_ID,
  incidentWith,
  POLICY,
  theAlertItself,
  theFunction,
  theInstance,
} from '../fixtures/case.ts';
import { exchange, exchangeEmail } from '../mechanisms/mail/mailboxes.ts';
import { type Case, type Deployed, startDeployed } from './deployed-handlers.ts';
import type { Answer } from './recorder.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let deployed: Deployed;
let block: { Id: string; Name: string; Scope: 'REGIONAL' };

/** What moto lacks: log levels, OpsItems, and a mailbox that shows what was sent. */
const functionFile = inMemory<LambdaState>(LOCAL_FUNCTIONS);
const lambdaStandIn = createLambda(functionFile);
const items = inMemory<OpsItem[]>([]);
const opsCenter = createOpsCenter(items);
const emails: string[] = [];
const answer: Answer = async (action, { url, body }) => {
  const FunctionName = /\/functions\/([^/]+)/.exec(url)?.[1];
  switch (action) {
    case 'lambda:GetFunctionConfiguration':
      return lambdaStandIn.getFunctionConfiguration({ FunctionName });
    case 'lambda:UpdateFunctionConfiguration':
      return lambdaStandIn.updateFunctionConfiguration({ ...body, FunctionName });
    case 'ssm:CreateOpsItem':
      return opsCenter.createOpsItem(body as never);
    case 'ssm:DescribeOpsItems':
      return opsCenter.describeOpsItems(body as never);
    case 'ssm:UpdateOpsItem':
      return opsCenter.updateOpsItem(body as never);
    case 'ses:SendEmail':
      emails.push(JSON.stringify(body));
      return { MessageId: `m-${emails.length}` };
    default:
      return undefined;
  }
};

const mailbox = exchange(
  { http: { fetch: (url, init) => fetch(url, init) }, sleep: async () => {} },
  () => new Date(),
);

beforeAll(async () => {
  const integrations = {
    microsoftGraph: {
      secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:microsoft-graph',
    },
  };
  deployed = await startDeployed({ answer, policy: { integrations } });
  const waf = deployed.made(WAFV2);
  const sets: object[] = [];
  for (const purpose of ['watch', 'block'])
    for (const family of ['ipv4', 'ipv6']) {
      const name = `countermand-${purpose}-${family}`;
      const set = { Name: name, Scope: 'REGIONAL' } as const;
      const version = family === 'ipv4' ? ('IPV4' as const) : ('IPV6' as const);
      const { Summary } = await waf.createIPSet({
        ...set,
        ...{ IPAddressVersion: version, Addresses: [] },
      });
      const id = Summary?.Id ?? '';
      if (name === 'countermand-block-ipv4') block = { ...set, Id: id };
      sets.push({ purpose, scope: 'REGIONAL', family, id, name });
    }
  const team = await deployed.made(SNS).createTopic({ Name: 'team' });
  await deployed.made(SecretsManager).createSecret({
    Name: 'microsoft-graph',
    SecretString: JSON.stringify(EXCHANGE_APP),
  });
  deployed.setEnv({
    [ENV.ipSets]: JSON.stringify(sets),
    [ENV.flowLogs]: JSON.stringify({
      logGroupName: 'flow-logs',
      deliveryRoleArn: 'arn:aws:iam::123456789012:role/flow-logs',
    }),
    [ENV.mailFrom]: 'countermand@example.com',
    [ENV.mailConfigurationSet]: 'mail',
    [ENV.teamTopicArn]: team.TopicArn ?? '',
    [ENV.webBaseUrl]: 'https://example.com',
  });
  const { records } = deployed.store;
  const alert = alertWith();
  await records.createIncident(incidentWith(alert));
  await records.putAlert(INCIDENT_ID, alert, {});
  // Everything that isn't AWS is the mail provider.
  const real = fetch;
  vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
    /^https:\/\/(login|graph)\.microsoft/.test(String(url))
      ? mailbox.app.fetch(new Request(url, init))
      : real(url, init),
  );
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await deployed.stop();
});

const CASES: Record<string, Case> = {
  waf: {
    name: 'block_ip_at_firewall',
    mechanism: 'waf.block-address',
    made: async () => ({
      target: attacker,
      seen: async () => (await deployed.made(WAFV2).getIPSet(block)).IPSet?.Addresses,
    }),
  },
  network: {
    name: 'block_ip_at_firewall',
    mechanism: 'network.deny-address',
    async made() {
      const ec2 = deployed.made(EC2);
      const { Vpc } = await ec2.createVpc({ CidrBlock: '10.1.0.0/16' });
      const { NetworkAcl } = await ec2.createNetworkAcl({ VpcId: Vpc?.VpcId });
      const networkAclId = NetworkAcl?.NetworkAclId ?? '';
      return {
        target: attacker,
        parameters: { networkAclId, direction: 'ingress' },
        seen: async () =>
          (await ec2.describeNetworkAcls({ NetworkAclIds: [networkAclId] })).NetworkAcls?.[0]
            ?.Entries,
      };
    },
  },
  'flow-log': {
    name: 'increase_logging_verbosity',
    mechanism: 'flow-log.interface',
    async made() {
      const ec2 = deployed.made(EC2);
      const { Vpc } = await ec2.createVpc({ CidrBlock: '10.0.0.0/16' });
      const subnet = { VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' };
      const { Subnet } = await ec2.createSubnet(subnet);
      const SubnetId = Subnet?.SubnetId;
      const { NetworkInterface } = await ec2.createNetworkInterface({ SubnetId });
      const interfaceId = NetworkInterface?.NetworkInterfaceId ?? '';
      return {
        target: { ...theInstance, attributes: { interfaceIds: interfaceId } },
        parameters: { interfaceId },
        seen: async () =>
          (await ec2.describeFlowLogs({})).FlowLogs?.map(({ ResourceId }: FlowLog) => ResourceId),
      };
    },
  },
  'function-url': {
    name: 'disable_function_url',
    mechanism: 'function-url.require-iam',
    durationMinutes: (reviewAfterDays(POLICY.actions.disable_function_url) ?? 0) * 24 * 60,
    async made() {
      const lambda = deployed.made(Lambda);
      const FunctionName = 'open-function';
      const { Role } = await deployed
        .made(IAM)
        .createRole({ RoleName: FunctionName, AssumeRolePolicyDocument: '{}' });
      await lambda.createFunction({
        ...{ FunctionName, Role: Role?.Arn, Runtime: 'nodejs22.x', Handler: 'index.handler' },
        // An empty zip: no one calls the function.
        Code: { ZipFile: Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]) },
      });
      await lambda.createFunctionUrlConfig({ FunctionName, AuthType: 'NONE' });
      return {
        target: { ...theFunction, value: FunctionName },
        seen: async () => (await lambda.getFunctionUrlConfig({ FunctionName })).AuthType,
      };
    },
  },
  'function-log': {
    name: 'increase_logging_verbosity',
    mechanism: 'function-log.debug-level',
    made: async () => ({
      target: theFunction,
      seen: async () => functionFile.read()[theFunction.value]?.logging,
    }),
  },
  ticket: {
    name: 'create_alert_ticket',
    mechanism: 'ticket.ops-item',
    made: async () => ({
      target: theAlertItself,
      seen: async () => items.read().filter(({ status }) => status !== 'Resolved').length,
    }),
  },
  message: {
    name: 'send_analyst_notification',
    mechanism: 'message.notification',
    made: async () => ({
      target: theAlertItself,
      seen: async () =>
        emails.filter((one) => !one.includes('Withdrawn: ')).length >
        emails.filter((one) => one.includes('Withdrawn: ')).length,
    }),
  },
  mail: {
    name: 'quarantine_email',
    mechanism: 'mail.graph-message',
    made: async () => ({
      target: exchangeEmail,
      seen: async () => mailbox.mailbox().messages.map(({ parentFolderId }) => parentFolderId),
    }),
  },
};

test.each(Object.entries(CASES))(
  'the executor of %s makes its change, its reverser undoes it, and neither lacks or has too many rights',
  (scope, one) => deployed.proves(scope, one),
);

test('every scope is covered here or in deployed.test.ts', () => {
  const identities = ['access-key', 'api-key', 'user', 'user-pool'];
  expect([...Object.keys(CASES), ...identities].sort()).toEqual([...SCOPES].sort());
});
