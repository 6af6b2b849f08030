// The deployed handlers of executors and reversers, on moto, with their roles.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APIGateway } from '@aws-sdk/client-api-gateway';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { IAM } from '@aws-sdk/client-iam';
import { KMS } from '@aws-sdk/client-kms';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ProofKeys, proofKeys } from '../../functions/authority/keys.ts';
import { withRuling } from '../../functions/authority/rulings.ts';
import type { Action } from '../../functions/domain/action.ts';
import type { ActionName } from '../../functions/domain/action-catalog.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import { ENV } from '../../functions/domain/env.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { createStore, type Store } from '../../functions/store/store.ts';
import { createTable } from '../../functions/store/table.ts';
import { sealOrder, sealVote } from '../../functions/web/seal.ts';
import { functionsOf, templateWith } from '../../tools/generate/template.ts';
import { toyAction } from '../execute/toy.ts';
import {
  customer,
  INCIDENT_ID,
  leakedKey,
  POLICY,
  partnerKey,
  suspectUser,
} from '../fixtures/case.ts';
import { requestWith } from '../web/approval-pages.ts';
import { type Moto, startMoto } from './moto-server.ts';
import { startRecorder } from './recorder.ts';
import { createTableInput } from './table-input.ts';

let moto: Moto;
let recorder: Awaited<ReturnType<typeof startRecorder>>;
let called: string[] = [];
let store: Store;
let folder: string;
let iam: IAM;
let cognito: CognitoIdentityProvider;
let gateway: APIGateway;
let keys: ProofKeys;
const clients: { destroy(): void }[] = [];
let functions: ReturnType<typeof functionsOf>;
const UserName = suspectUser.value;
const GROUP = 'reversals';

beforeAll(async () => {
  // The functions' log lines.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  functions = functionsOf(templateWith());
  moto = await startMoto();
  recorder = await startRecorder(Number(new URL(moto.endpoint).port), ({ action }) =>
    called.push(action),
  );
  folder = mkdtempSync(join(tmpdir(), 'countermand-deployed-'));
  const database = new DynamoDB(moto.clientConfig);
  const scheduler = new Scheduler(moto.clientConfig);
  iam = new IAM(moto.clientConfig);
  cognito = new CognitoIdentityProvider(moto.clientConfig);
  gateway = new APIGateway(moto.clientConfig);
  const kms = new KMS(moto.clientConfig);
  clients.push(database, scheduler, iam, cognito, gateway, kms);
  const hmac = async () => {
    const key = await kms.createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    return key.KeyMetadata?.Arn ?? '';
  };
  const proofs = {
    voteKeyArn: await hmac(),
    rulingKeyArn: await hmac(),
    evidenceKeyArn: await hmac(),
    alertKeyArn: await hmac(),
    resumeKeyArn: await hmac(),
  };
  keys = proofKeys(kms, proofs, {});
  await database.createTable(createTableInput('table'));
  await scheduler.createScheduleGroup({ Name: GROUP });
  store = createStore(createTable(database, 'table'), () => {}, keys.resumptions);
  const { Policy } = await iam.createPolicy({
    PolicyName: 'countermand-deny-all',
    Path: '/countermand/',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    }),
  });
  await iam.createUser({ UserName });
  writeFileSync(
    join(folder, 'policy.json'),
    JSON.stringify({ ...POLICY, homeRegion: moto.clientConfig.region }),
  );
  const arn = (rest: string) => `arn:aws:${rest}`;
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: `http://127.0.0.1:${recorder.port}`,
    AWS_REGION: moto.clientConfig.region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    [ENV.tableName]: 'table',
    [ENV.policyPath]: join(folder, 'policy.json'),
    [ENV.scheduleGroup]: GROUP,
    [ENV.scheduleRoleArn]: arn('iam::123456789012:role/schedules'),
    [ENV.reverseArn]: arn('states:us-east-1:123456789012:stateMachine:reverse'),
    [ENV.remindFunctionArn]: arn('lambda:us-east-1:123456789012:function:remind'),
    [ENV.scheduleDeadLetterArn]: arn('sqs:us-east-1:123456789012:failed'),
    [ENV.denyAllPolicyArn]: Policy?.Arn ?? '',
    [ENV.voteKeyArn]: proofs.voteKeyArn,
    [ENV.rulingKeyArn]: proofs.rulingKeyArn,
    [ENV.evidenceKeyArn]: proofs.evidenceKeyArn,
    [ENV.alertKeyArn]: proofs.alertKeyArn,
    [ENV.resumeKeyArn]: proofs.resumeKeyArn,
  }))
    vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const client of clients) client.destroy();
  rmSync(folder, { recursive: true });
  await recorder.stop();
  await moto.stop();
});

type Handlers = Record<'execute' | 'reverse', (event: unknown) => Promise<{ status: string }>>;
type Case = {
  handlers(): Promise<Handlers>;
  name: ActionName;
  mechanism: string;
  /** Creates the target. Returns it with a view of its state in AWS. */
  made(): Promise<{ target: Entity; parameters?: Action['parameters']; seen(): Promise<unknown> }>;
};

const CASES: Record<string, Case> = {
  user: {
    handlers: async () => ({
      execute: (await import('../../functions/execute/entries/user.ts')).handler,
      reverse: (await import('../../functions/reverse/entries/user.ts')).handler,
    }),
    name: 'disable_user_account_temporarily',
    mechanism: 'user.deny-all',
    made: async () => ({
      target: suspectUser,
      seen: async () => (await iam.listAttachedUserPolicies({ UserName })).AttachedPolicies,
    }),
  },
  'access-key': {
    handlers: async () => ({
      execute: (await import('../../functions/execute/entries/access-key.ts')).handler,
      reverse: (await import('../../functions/reverse/entries/access-key.ts')).handler,
    }),
    name: 'revoke_api_key',
    mechanism: 'access-key.inactive',
    async made() {
      const { AccessKey } = await iam.createAccessKey({ UserName });
      return {
        target: { ...leakedKey, value: AccessKey?.AccessKeyId ?? '' },
        parameters: { userName: UserName },
        seen: async () => (await iam.listAccessKeys({ UserName })).AccessKeyMetadata,
      };
    },
  },
  'user-pool': {
    handlers: async () => ({
      execute: (await import('../../functions/execute/entries/user-pool.ts')).handler,
      reverse: (await import('../../functions/reverse/entries/user-pool.ts')).handler,
    }),
    name: 'disable_user_account_temporarily',
    mechanism: 'user-pool.disable-user',
    async made() {
      const { UserPool } = await cognito.createUserPool({ PoolName: 'customers' });
      const UserPoolId = UserPool?.Id ?? '';
      const Username = customer.value;
      await cognito.adminCreateUser({ UserPoolId, Username });
      return {
        target: customer,
        parameters: { userPoolId: UserPoolId },
        async seen() {
          // The time of the last change is not undone.
          const { $metadata, UserLastModifiedDate, ...user } = await cognito.adminGetUser({
            UserPoolId,
            Username,
          });
          return user;
        },
      };
    },
  },
  'api-key': {
    handlers: async () => ({
      execute: (await import('../../functions/execute/entries/api-key.ts')).handler,
      reverse: (await import('../../functions/reverse/entries/api-key.ts')).handler,
    }),
    name: 'revoke_api_key',
    mechanism: 'api-key.disabled',
    async made() {
      const { id: apiKey = '' } = await gateway.createApiKey({
        ...{ name: 'partner', enabled: true },
        tags: { countermand: 'allowed' },
      });
      return {
        target: { ...partnerKey, value: apiKey },
        async seen() {
          const { $metadata, lastUpdatedDate, ...key } = await gateway.getApiKey({
            apiKey,
            includeValue: true,
          });
          return key;
        },
      };
    },
  },
};

/** Approved a moment ago: the handlers read the real clock. Signed with the keys in KMS. */
async function approved(change: Partial<Action> & { target: Entity }): Promise<Action> {
  const place = { account: POLICY.account, region: moto.clientConfig.region };
  const at = new Date().toISOString();
  const action = toyAction({
    ...{ ...change, ...place, target: { ...change.target, place } },
    disposition: 'approve',
    status: 'approved',
    createdAt: at,
    approval: requestWith({
      requestedAt: at,
      expiresAt: minutesAfter(at, 15),
      decision: { verdict: 'approved', by: 'ana.silva', at, reason: '' },
    }),
  });
  const { next } = await sealVote(keys.votes, { next: await withRuling(keys.rulings, action) });
  return next ?? action;
}

/** What a role holds for something else than the usual way, with the occasion. */
const NEEDED_OTHERWISE = {
  'scheduler:UpdateSchedule': 'moves a schedule of the same name, after a crash',
  'scheduler:DeleteSchedule': 'removes the schedules of an action that failed',
  'iam:PassRole': 'IAM checks it with CreateSchedule',
  'iam:GetUser': 'tells a missing user from a missing policy or key',
};

/** API actions of a handler. */
async function callsOf(handle: () => Promise<unknown>): Promise<string[]> {
  called = [];
  await handle();
  return [...new Set(called)].sort();
}

/** What the role of the function allows besides its log and traces. */
const allowedTo = (name: string): string[] =>
  functions
    .get(name)!
    .permissions.filter(
      ({ effect, actions }) => effect === 'Allow' && !/^(logs|xray):/.test(actions[0]!),
    )
    .flatMap(({ actions }) => actions);

test.each(Object.entries(CASES))(
  'the executor of %s cuts off access, its reverser restores the original state, and neither lacks or has too many rights',
  async (scope, { handlers, name, mechanism, made }) => {
    const { execute, reverse } = await handlers();
    const { target, parameters = {}, seen } = await made();
    const actionId = `act-0123456789abcdef-${Object.keys(CASES).indexOf(scope) + 1}`;
    const effectKey = `${scope}:${target.value}`;
    await store.records.createAction(
      await approved({ actionId, name, mechanism, scope, target, parameters, effectKey }),
    );
    const ids = { incidentId: INCIDENT_ID, actionId };
    const before = JSON.stringify(await seen());
    const executed = await callsOf(async () =>
      expect(await execute(ids)).toMatchObject({ status: 'in-force' }),
    );
    expect(JSON.stringify(await seen())).not.toBe(before);
    const request = { ...ids, cause: 'person', by: 'person:ana.silva' };
    const { people } = POLICY.escalation;
    await store.records.changeAction(ids.incidentId, actionId, async (current) => {
      const by = { person: 'ana.silva', people, now: new Date() };
      const ordered = { ...current, version: current.version + 1 };
      return (await sealOrder(keys.votes, { next: ordered }, 'undo', by)).next ?? null;
    });
    const reversed = await callsOf(async () =>
      expect(await reverse(request)).toMatchObject({ status: 'reversed' }),
    );
    for (const [step, calls] of [
      ['execute', executed],
      ['reverse', reversed],
    ] as const) {
      const allowed = allowedTo(`${step}-${scope}`);
      expect(
        calls.filter((one) => !allowed.includes(one)),
        `missing: ${step}`,
      ).toEqual([]);
      const unused = allowed.filter((one) => !calls.includes(one) && !(one in NEEDED_OTHERWISE));
      expect(unused, `unused: ${step}`).toEqual([]);
    }
    expect(JSON.stringify(await seen())).toBe(before);
  },
);
