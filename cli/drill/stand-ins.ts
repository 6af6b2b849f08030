// Drills on stand-ins: the same mechanisms in an account without users.
import { randomUUID } from 'node:crypto';
import { drillFault } from '../../functions/domain/drill.ts';
import type { Connected } from '../../functions/mechanisms/mechanism.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { Store } from '../../functions/store/store.ts';
import { createAccount, LOCAL_REGION } from '../../local/account.ts';
import { stateIn } from '../../local/aws/state-file.ts';
import { STAND_INS } from '../../local/stand-ins.ts';
import { operatorName } from './one.ts';
import { drillAll, type Result } from './run.ts';

const CANARIES = Object.values(STAND_INS).map(({ canary }) => canary);

/** The targets of a laptop's drills: the canaries of policy and those of the stand-ins. */
export const laptopCanaries = ({ canaries }: Pick<Policy, 'canaries'>): Policy['canaries'] => [
  ...canaries,
  ...CANARIES.flatMap(({ targets }) => targets),
];

/** The initial state of a stand-in, with its canaries added. */
const withCanaries = <T>(name: string, initial: T): T =>
  CANARIES.flatMap(({ states }) => states)
    .filter((one) => one.name === name)
    .reduce((state, { add }) => add(state as never) as T, initial);

/** The mechanisms by ID, on stand-ins that keep their state in the folder, or in memory without one. */
export function standInMechanisms(policy: Policy, folder?: string): Map<string, Connected> {
  const { scopes } = createAccount({
    state: (name, usual) => stateIn(folder)(name, withCanaries(name, usual)),
    policy,
    send: async () => ({ notBy: [] }),
    writeTicket: async (incidentId) => ({
      incidentId,
      title: 'A drill',
      body: 'A drill opened this ticket.',
      severity: 'informational',
    }),
    now: () => new Date(),
  });
  return new Map(
    Object.values(scopes)
      .flat()
      .map((one) => [one.info.id, one]),
  );
}

/**
 * Drills each mechanism that has no valid result, when npm start begins. The gate then decides as in an account whose
 * mechanisms passed their drills. A laptop acts on stand-ins only, so drills on stand-ins are enough.
 */
export async function drillAtStart(
  policy: Policy,
  drills: Store['drills'],
  now: () => Date,
  progress: (done: number, all: number) => void = () => {},
): Promise<Result[]> {
  const known = await drills.all();
  const { drillMaxAgeDays } = policy.limits;
  const stale = MECHANISMS.filter(
    (info) =>
      info.configured?.(policy) !== false &&
      drillFault(known.get(info.id), info, drillMaxAgeDays, now()),
  );
  if (stale.length === 0) return [];
  const tested = new Set<string>();
  return drillAll({
    policy: { ...policy, canaries: laptopCanaries(policy) },
    drills,
    mechanisms: standInMechanisms(policy),
    only: (info) => stale.includes(info),
    account: policy.account,
    region: LOCAL_REGION,
    by: operatorName(),
    now,
    newId: randomUUID,
    signal: new AbortController().signal,
    retryMs: 0,
    report: {
      begins: () => {},
      step: () => {},
      ends: ({ mechanism }) => progress(tested.add(mechanism).size, stale.length),
    },
  });
}
