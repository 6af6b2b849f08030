// Runs the commands of runbooks and manual undos on moto, where the target is.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { ActionName, targetKindsOf } from '../../functions/domain/action-catalog.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import { ENV } from '../../functions/domain/env.ts';
import type { Connect } from '../../functions/mechanisms/connect.ts';
import type { Connected } from '../../functions/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { rotationOf } from '../../functions/messaging/key-rotation.ts';
import { runbookOf } from '../../functions/messaging/runbook.ts';
import { inPlaceOf } from '../../functions/messaging/runbooks/template.ts';
import { worldText } from '../../functions/messaging/texts/world.ts';
import type { Table } from '../../functions/store/table.ts';
import { toyAction } from '../execute/toy.ts';
import { alertWith, INCIDENT_ID, NOW, POLICY, subjectOn } from '../fixtures/case.ts';
import { type Moto, startMoto } from './moto-server.ts';
import {
  apiKeyOn,
  type Clients,
  capturedOn,
  clientsOf,
  createSets,
  customerOn,
  functionUrlOn,
  inNetworkAcl,
  inSet,
  isolated,
  keyOn,
  PLACE,
  type Prepare,
  recorded,
  roleOn,
  temporaryKeyOn,
  unnamedKeyOn,
  userOn,
} from './runbook-cases.ts';
import { type Shell, startShell } from './shell.ts';

/** A command starts three processes; a runbook has a dozen of them. */
vi.setConfig({ testTimeout: 120_000 });

const NOT_IN_AWS = 'The commands are for another product than AWS';
const NO_CLIENT = 'The project has no client that could create the target';
const NO_COMMAND = 'The steps have no AWS command that changes anything';

/** Each runbook, with a target on moto; or the reason why moto can't run it. */
const RUNBOOKS: Readonly<Record<string, Readonly<Record<string, Prepare>> | string>> = {
  'isolate_production_host on instance':
    'moto adds the security groups of an instance to those of its interfaces',
  'isolate_production_host on network-interface': { interface: isolated('network-interface') },
  'isolate_production_host on ip': { address: isolated('ip') },
  'isolate_production_host on cluster': NO_CLIENT,
  'isolate_production_host on database': NO_CLIENT,
  'initiate_forensic_capture on instance': { instance: capturedOn },
  'revoke_service_account_credential on access-key': {
    key: keyOn,
    'key of an unknown user': unnamedKeyOn,
  },
  'revoke_service_account_credential on iam-user': { user: userOn },
  'revoke_service_account_credential on iam-role': { role: roleOn },
  'revoke_service_account_credential on api-key': { key: apiKeyOn },
  'revoke_service_account_credential on root-user': 'moto has no root user',
  'revoke_api_key on access-key': {
    key: keyOn,
    'temporary key of a role': temporaryKeyOn(roleOn, 'AssumedRole'),
    'temporary key of a user': temporaryKeyOn(userOn, 'IAMUser'),
  },
  'revoke_api_key on api-key': { key: apiKeyOn },
  'disable_user_account_temporarily on iam-user': { user: userOn },
  'disable_user_account_temporarily on cognito-user': { customer: customerOn },
  'disable_function_url on function': { URL: functionUrlOn },
  'block_cidr_range on ip': {
    'range in the IPv4 set': inSet('block', '203.0.113.0/24'),
    'range in the IPv6 set': inSet('block', '2001:db8::/48'),
    'range at a network ACL, inbound': inNetworkAcl('203.0.113.0/24', 'inbound'),
    'range at a network ACL, outbound': inNetworkAcl('203.0.113.0/24', 'outbound'),
  },
  'block_ip_at_firewall on ip': {
    'address in the set': inSet('block', '203.0.113.7'),
    'address at a network ACL': inNetworkAcl('203.0.113.7', 'inbound'),
  },
  'add_ip_to_watchlist on ip': { address: inSet('watch', '203.0.113.7') },
  'increase_logging_verbosity on instance': { interface: recorded('instance') },
  'increase_logging_verbosity on network-interface': { interface: recorded('network-interface') },
  'increase_logging_verbosity on function': 'moto forgets the logging configuration of a function',
  'quarantine_email on email-message': NOT_IN_AWS,
  'create_alert_ticket on alert': NO_COMMAND,
  'send_analyst_notification on alert': NO_COMMAND,
  'send_breach_notification on alert': NO_COMMAND,
  'contain_resource on workload': NO_CLIENT,
  'contain_resource on function': NO_CLIENT,
  'contain_resource on bucket': NO_CLIENT,
  'contain_resource on resource': NO_CLIENT,
};

/** The same for the manual undo of each mechanism. */
const UNDOS: Readonly<Record<string, Prepare | string>> = {
  'waf.watch-address': inSet('watch', '203.0.113.8'),
  'waf.block-address': inSet('block', '203.0.113.8'),
  'network.deny-address': inNetworkAcl('203.0.113.8', 'inbound'),
  'user.deny-all': userOn,
  'access-key.inactive': keyOn,
  'api-key.disabled': apiKeyOn,
  'user-pool.disable-user': customerOn,
  'function-url.require-iam': functionUrlOn,
  'flow-log.interface': recorded('network-interface'),
  'function-log.debug-level': 'moto forgets the logging configuration of a function',
  'ticket.ops-item': 'moto has no OpsItems',
  'ticket.jira': NOT_IN_AWS,
  'ticket.servicenow': NOT_IN_AWS,
  'mail.graph-message': NOT_IN_AWS,
  'mail.gmail-message': NOT_IN_AWS,
  'message.notification': NO_COMMAND,
};

const ACTION = {
  actionId: 'act-0123456789abcdef-1',
  incidentId: INCIDENT_ID,
  createdAt: NOW.toISOString(),
  description: null,
  mechanism: null,
  parameters: {},
  ...PLACE,
};

let moto: Moto;
let shell: Shell;
let aws: Clients;
/** What the stack tells its executors about its own resources. */
let env: Record<string, string>;
beforeAll(async () => {
  moto = await startMoto({ managedPolicies: true });
  shell = await startShell(moto.endpoint);
  const config = await moto.signIn(PLACE);
  aws = clientsOf(config);
  const { Policy: denyAll } = await aws.iam.createPolicy({
    PolicyName: 'countermand-deny-all',
    Path: '/countermand/',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    }),
  });
  env = {
    [ENV.ipSets]: JSON.stringify(await createSets(aws)),
    [ENV.denyAllPolicyArn]: denyAll?.Arn ?? '',
    [ENV.flowLogs]: JSON.stringify({
      logGroupName: 'countermand-flow-logs',
      deliveryRoleArn: `arn:aws:iam::${PLACE.account}:role/countermand-flow-logs`,
    }),
  };
  vi.stubEnv('AWS_ENDPOINT_URL', moto.endpoint);
  vi.stubEnv('AWS_REGION', PLACE.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', config.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', config.credentials.secretAccessKey);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await shell?.stop();
  await moto?.stop();
});

/** Calls that moto lacks. Their syntax is checked anyway. */
const ABSENT = /^cloudtrail lookup-events/;

type Folder = Awaited<ReturnType<Shell['folder']>>;

/** Runs one section of a runbook: the account is checked first, and each command names the region. */
async function run(folder: Folder, lines: readonly string[]) {
  const { ran, out, error } = await folder.run(lines, { stopAtFailure: false });
  const failed = ran.filter(({ code, words }) => code !== 0 && !ABSENT.test(words.join(' ')));
  expect({ failed, error: failed.length > 0 ? error : '' }).toEqual({ failed: [], error: '' });
  expect(
    ran.filter(({ code }) => code === 252),
    'no such command or option',
  ).toEqual([]);
  expect(ran[0]?.words.slice(0, 2)).toEqual(['sts', 'get-caller-identity']);
  const [, expected] = /# must print (\d+)$/.exec(lines[0] ?? '') ?? [];
  expect([expected, out.split('\n')[0]]).toEqual([PLACE.account, PLACE.account]);
  for (const { words } of ran) {
    const region = words[words.indexOf('--region') + 1];
    // IAM has no regions, and the lists of CloudFront are in one of them.
    if (words[0] === 'iam' && !words.includes('--region')) continue;
    expect(region, words.join(' ')).toBe(words.includes('CLOUDFRONT') ? 'us-east-1' : PLACE.region);
  }
}

describe('runbooks', () => {
  const every = ActionName.options.flatMap((name) =>
    targetKindsOf(name).map((kind) => `${name} on ${kind}`),
  );
  test('each runbook is run on moto, or the table gives the reason', () => {
    expect(Object.keys(RUNBOOKS).sort()).toEqual(every.sort());
  });

  const cases = Object.entries(RUNBOOKS).flatMap(([runbook, grounds]) =>
    typeof grounds === 'string'
      ? []
      : Object.entries(grounds).map(([what, prepare]) => [runbook, what, prepare] as const),
  );
  test.each(cases)(
    'the commands of %s change the %s in its account and region, and the undo restores it byte for byte',
    async (runbook, _what, prepare) => {
      const { target, alert = {}, state, acted } = await prepare(aws);
      const [name] = runbook.split(' on ') as [ActionName];
      const { look, act, undo } = runbookOf({ ...ACTION, name, target }, alertWith(alert), null);
      const folder = await shell.folder(aws.config.credentials.accessKeyId);
      const before = JSON.stringify(await state());
      await run(folder, look);
      expect(JSON.stringify(await state())).toBe(before);
      await run(folder, act);
      expect(await state()).toEqual(acted);
      await run(folder, undo);
      expect(JSON.stringify(await state())).toBe(before);
      await folder.remove();
    },
  );
});

/** The mechanism with its clients, as in its executor. */
async function connect(id: string): Promise<Connected> {
  const { scope } = MECHANISMS.find((one) => one.id === id)!;
  const file = join(import.meta.dirname, `../../functions/mechanisms/${scope}/aws.ts`);
  const { connect: connectScope }: { connect: Connect } = await import(file);
  const deps = { env, policy: POLICY, table: {} as Table, log: () => {} };
  return connectScope(deps).find(({ info }) => info.id === id)!;
}

describe('manual undo', () => {
  test('each manual undo is run on moto, or the table gives the reason', () => {
    expect(Object.keys(UNDOS).sort()).toEqual(MECHANISMS.map(({ id }) => id).sort());
  });

  const cases = Object.entries(UNDOS).flatMap(([id, prepare]) =>
    typeof prepare === 'string' ? [] : [[id, prepare] as const],
  );
  test.each(cases)(
    'the planned and the recorded commands that undo %s restore the target byte for byte',
    async (id, prepare) => {
      const { target, parameters = {}, state } = await prepare(aws);
      const mechanism = await connect(id);
      const subject = subjectOn(target, { ...PLACE, parameters });
      const folder = await shell.folder(aws.config.credentials.accessKeyId);
      const before = JSON.stringify(await state());
      const captured = await mechanism.driver.capture(subject);
      const planned = mechanism.info.describe(subject, null).manualUndo;
      for (const undo of [planned, mechanism.manualUndo(subject, captured) ?? planned]) {
        await mechanism.driver.apply(subject, captured);
        expect(JSON.stringify(await state())).not.toBe(before);
        await run(folder, inPlaceOf(PLACE, undo));
        expect(JSON.stringify(await state())).toBe(before);
      }
      await folder.remove();
    },
  );
});

describe('the commands that replace a leaked key', () => {
  const replace = async (target: Entity, parameters: Action['parameters'] = {}) => {
    const folder = await shell.folder(aws.config.credentials.accessKeyId);
    const action = toyAction({ name: 'revoke_api_key', target, parameters, ...PLACE });
    await run(folder, inPlaceOf(PLACE, rotationOf(action)));
    await folder.remove();
  };

  test('leave the user with one active key, which is another one', async () => {
    const { target, parameters, state } = await keyOn(aws);
    await replace(target, parameters);
    const keys = (await state()) as { AccessKeyId: string }[];
    expect(keys).toMatchObject([{ Status: 'Active' }]);
    expect(keys[0]?.AccessKeyId).not.toBe(target.value);
  });

  test('leave a new API key in the usage plan of the old one, which is gone', async () => {
    const { target, state } = await apiKeyOn(aws);
    const { gateway } = aws;
    const plan = await gateway.createUsagePlan({ name: 'partners' });
    const usagePlanId = plan.id ?? '';
    await gateway.createUsagePlanKey({ usagePlanId, keyType: 'API_KEY', keyId: target.value });
    await replace(target);
    await expect(state()).rejects.toThrow('Invalid API Key');
    const { items = [] } = await gateway.getUsagePlanKeys({ usagePlanId });
    expect(items.map(({ name }) => name)).toContain(`replaces-${target.value}`);
  });
});

test('the command that finds who removed a change names the account and the region, and AWS has it', async () => {
  const query = { eventName: 'UpdateIPSet', region: PLACE.region, since: NOW.toISOString() };
  const removed = { kind: 'missing', text: '203.0.113.7 in the block list', actions: [] } as const;
  const [step] = worldText(PLACE, [removed], [query], NOW).steps;
  const folder = await shell.folder(aws.config.credentials.accessKeyId);
  expect(step?.lines).toHaveLength(2);
  await run(folder, step?.lines ?? []);
  await folder.remove();
});
