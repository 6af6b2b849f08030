// Compares the calls of deployed handlers with the permissions of their roles.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Scheduler } from '@aws-sdk/client-scheduler';
import { expect, vi } from 'vitest';
import { proofKeys } from '../../functions/authority/keys.ts';
import { withRuling } from '../../functions/authority/rulings.ts';
import type { Action } from '../../functions/domain/action.ts';
import type { ActionName } from '../../functions/domain/action-catalog.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import { ENV } from '../../functions/domain/env.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { createStore } from '../../functions/store/store.ts';
import { createTable } from '../../functions/store/table.ts';
import { sealOrder, sealVote } from '../../functions/web/seal.ts';
import { functionsOf, templateWith } from '../../tools/generate/template.ts';
import { toyAction } from '../execute/toy.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { requestWith } from '../web/approval-pages.ts';
import { createHmacKey } from './hmac-key.ts';
import { startMoto } from './moto-server.ts';
import { type Answer, startRecorder } from './recorder.ts';
import { createTableInput } from './table-input.ts';

const GROUP = 'reversals';

type Handler = (event: unknown) => Promise<{ status: string }>;
export type Case = {
  name: ActionName;
  mechanism: string;
  /** Where policy sets another than the usual hour. */
  durationMinutes?: number;
  /** Creates the target. Returns it with a view of its state in AWS. */
  made(): Promise<{ target: Entity; parameters?: Action['parameters']; seen(): Promise<unknown> }>;
};

/** Permissions that a role holds for something else than the usual way, with the occasion. */
const NEEDED_OTHERWISE = {
  'scheduler:UpdateSchedule': 'moves a schedule of the same name, after a crash',
  'scheduler:DeleteSchedule': 'removes the schedules of an action that failed',
  'iam:PassRole': 'IAM checks it with CreateSchedule and CreateFlowLogs',
  'iam:GetUser': 'tells a missing user from a missing policy or key',
  'ec2:DescribeNetworkInterfaces': 'tells a missing interface from a missing flow log',
  'ec2:CreateTags': 'IAM checks it with CreateFlowLogs',
  'ssm:UpdateOpsItem': 'resolves a ticket whose action failed',
};

export type Deployed = Awaited<ReturnType<typeof startDeployed>>;

/** `answer`: replaces moto for calls that it lacks. `policy`: what the stack and its functions have. */
export async function startDeployed({
  answer,
  policy = {},
}: {
  answer?: Answer;
  policy?: Partial<Policy>;
} = {}) {
  // The functions' log lines.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const functions = functionsOf(templateWith({ policy }));
  const moto = await startMoto();
  let called: string[] = [];
  const recorder = await startRecorder(
    Number(new URL(moto.endpoint).port),
    ({ action }) => called.push(action),
    answer,
  );
  const folder = mkdtempSync(join(tmpdir(), 'countermand-deployed-'));
  const clients: { destroy(): void }[] = [];
  const made = <C extends { destroy(): void }>(Client: new (config: never) => C): C => {
    const client = new Client(moto.clientConfig as never);
    clients.push(client);
    return client;
  };
  const database = made(DynamoDB);
  const kms = made(KMS);
  const hmac = () => createHmacKey(kms);
  const proofs = {
    voteKeyArn: await hmac(),
    rulingKeyArn: await hmac(),
    evidenceKeyArn: await hmac(),
    alertKeyArn: await hmac(),
    resumeKeyArn: await hmac(),
  };
  const keys = proofKeys(kms, proofs, {});
  await database.createTable(createTableInput('table'));
  await made(Scheduler).createScheduleGroup({ Name: GROUP });
  const store = createStore(createTable(database, 'table'), () => {}, keys.resumptions);
  // Without a declared domain, nothing is asked of a name server, which moto doesn't have.
  const own = { ...POLICY, homeRegion: moto.clientConfig.region, scanners: [], ...policy };
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(own));
  const arn = (rest: string) => `arn:aws:${rest}`;
  const setEnv = (values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
  };
  setEnv({
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
    [ENV.pageKeyArn]: await hmac(),
    [ENV.voteKeyArn]: proofs.voteKeyArn,
    [ENV.rulingKeyArn]: proofs.rulingKeyArn,
    [ENV.evidenceKeyArn]: proofs.evidenceKeyArn,
    [ENV.alertKeyArn]: proofs.alertKeyArn,
    [ENV.resumeKeyArn]: proofs.resumeKeyArn,
  });

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

  /** API actions of a handler. */
  async function callsOf(handle: () => Promise<unknown>): Promise<string[]> {
    called = [];
    await handle();
    return [...new Set(called)].sort();
  }

  /** Permissions of the function's role besides its log and traces. */
  const allowedTo = (name: string): string[] =>
    functions
      .get(name)!
      .permissions.filter(
        ({ effect, actions }) =>
          effect === 'Allow' && !/^(logs:(Create|Put)|xray:)/.test(actions[0]!),
      )
      .flatMap(({ actions }) => actions);

  let actions = 0;
  return {
    moto,
    made,
    setEnv,
    store,
    /** The calls of a handler that its role may not make. */
    refusedTo: async (name: string, handle: () => Promise<unknown>): Promise<string[]> => {
      const calls = await callsOf(handle);
      return calls.filter((one) => !allowedTo(name).includes(one));
    },
    /**
     * Executes and reverses one action with the handlers of the scope. The state must be restored, no call may lack a
     * permission, and no permission may remain unused.
     */
    async proves(
      scope: string,
      { name, mechanism, durationMinutes = 60, made: create }: Case,
    ): Promise<void> {
      const entry = async (step: 'execute' | 'reverse'): Promise<Handler> =>
        (await import(`../../functions/${step}/entries/${scope}.ts`)).handler;
      const { target, parameters = {}, seen } = await create();
      const actionId = `act-0123456789abcdef-${++actions}`;
      const effectKey = `${scope}:${target.value}`;
      await store.records.createAction(
        await approved({
          actionId,
          name,
          mechanism,
          scope,
          target,
          parameters,
          effectKey,
          durationMinutes,
        }),
      );
      const ids = { incidentId: INCIDENT_ID, actionId };
      const before = JSON.stringify(await seen());
      const execute = await entry('execute');
      const executed = await callsOf(async () =>
        expect(['in-force', 'kept']).toContain((await execute(ids)).status),
      );
      expect(JSON.stringify(await seen())).not.toBe(before);
      const request = { ...ids, cause: 'person', by: 'person:ana.silva' };
      const { people } = POLICY.escalation;
      await store.records.changeAction(ids.incidentId, actionId, async (current) => {
        const by = { person: 'ana.silva', people, now: new Date() };
        const ordered = { ...current, version: current.version + 1 };
        return (await sealOrder(keys.votes, { next: ordered }, 'undo', by)).next ?? null;
      });
      const reverse = await entry('reverse');
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
    async stop(): Promise<void> {
      vi.unstubAllEnvs();
      for (const client of clients) client.destroy();
      rmSync(folder, { recursive: true });
      await recorder.stop();
      await moto.stop();
    },
  };
}
