// The time that the facts take when no source answers.
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Entity } from '../../functions/domain/alert.ts';
import type { EnrichDeps } from '../../functions/enrich/deps.ts';
import { enrich } from '../../functions/enrich/enrich.ts';
import {
  ALERT_ID,
  alertWith,
  attacker,
  HERE,
  INCIDENT_ID,
  incidentWith,
  leakedKey,
  NOW,
  POLICY,
  suspectUser,
  theAlertItself,
  theFunction,
  theInstance,
} from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';

const database = startStores();

/** A client whose calls never end, not even when their signal aborts. */
const hanging = <T>(): T =>
  new Proxy({}, { get: () => () => new Promise(() => {}) }) as unknown as T;

/** As in AWS: the deadline of each read is 8 s after its start. */
const READ_SECONDS = 8;
const LAMBDA_SECONDS = 60;

/** The record of which `busy()` counts the calls that have not ended. */
function counted<T extends object>(record: T): { record: T; busy: () => number } {
  let open = 0;
  const proxy = <P extends object>(of: P): P =>
    new Proxy(of, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value === 'object' && value !== null) return proxy(value);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          open++;
          try {
            return await value.apply(target, given);
          } finally {
            open--;
          }
        };
      },
    });
  return { record: proxy(record), busy: () => open };
}

/** Counts seconds: whenever all that is left waits for AWS, the earliest deadline passes. */
async function secondsOf(
  busy: () => number,
  run: (readDeadline: () => AbortSignal) => Promise<unknown>,
) {
  let seconds = 0;
  let isDone = false;
  const open: { at: number; controller: AbortController }[] = [];
  const work = run(() => {
    const controller = new AbortController();
    open.push({ at: seconds + READ_SECONDS, controller });
    return controller.signal;
  }).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    for (let i = 0; i < 20; i++) await turn();
    const [next] = open.toSorted((a, b) => a.at - b.at);
    if (isDone || !next || busy() > 0) continue;
    seconds = next.at;
    for (const one of open.splice(0))
      if (one.at <= seconds) one.controller.abort(new Error('too late'));
      else open.push(one);
  }
  await work;
  return seconds;
}

const like = (base: Entity, ref: string, value: string): Entity => ({ ...base, ref, value });
const ENTITIES = [
  ...Array.from({ length: 4 }, (_, i) => like(attacker, `ip-${i + 1}`, `203.0.113.${i + 1}`)),
  ...Array.from({ length: 4 }, (_, i) => like(leakedKey, `key-${i + 1}`, `AKIAIOSFODNN7AAAAA${i}`)),
  suspectUser,
  ...Array.from({ length: 3 }, (_, i) =>
    like(theInstance, `instance-${i + 1}`, `i-0aa1bb2cc3dd4ee5${i}`),
  ),
  theFunction,
  theAlertItself,
];
const SCANNER = {
  ...{ id: 'scan', owner: 'Ana', why: 'The weekly scan', until: '2026-12-31' },
  ...{ domains: ['scan.example'], roles: ['arn:aws:iam::111122223333:role/scanner'] },
};

test('ends in time, and stores facts, when no source of AWS and no name server answers', async () => {
  const { record: store, busy } = counted(await database.fresh());
  const alert = alertWith({ entities: ENTITIES });
  await store.records.createIncident(incidentWith(alert));
  await store.records.putAlert(INCIDENT_ID, alert, {});
  const deps: Omit<EnrichDeps, 'readDeadline'> = {
    ...{ store, asksModel: true, nonce: () => '7f3a2c91', here: HERE, now: () => NOW },
    policy: { ...POLICY, scanners: [SCANNER] },
    ...{ ec2: hanging(), iam: hanging(), lambda: hanging(), gateway: hanging() },
    ...{ cognito: hanging(), ssm: hanging(), dns: hanging(), awsConfig: hanging() },
    waf: { REGIONAL: hanging(), CLOUDFRONT: hanging() },
    trailIn: () => hanging(),
    flowSource: { ec2: hanging(), logs: hanging(), ownGroup: 'flow-logs' },
    log: () => {},
  };
  const seconds = await secondsOf(busy, (readDeadline) =>
    enrich({ ...deps, readDeadline }, { incidentId: INCIDENT_ID, alertId: ALERT_ID }),
  );
  // The rest is left to the table, and to a start of the function.
  expect(seconds).toBeLessThanOrEqual(LAMBDA_SECONDS - 10);
  const facts = await store.records.findFacts(INCIDENT_ID, ALERT_ID);
  expect(facts?.entities.map(({ ref }) => ref)).toEqual(ENTITIES.map(({ ref }) => ref));
  const about = facts?.entities.find(({ ref }) => ref === 'instance-1');
  expect([about?.flows, about?.configChanges, about?.changes, about?.scanner]).toEqual(
    Array.from({ length: 4 }, () => ({ known: false, why: expect.stringContaining('too late') })),
  );
});
