// Lists effects without proof and signs them, on this laptop or in an account.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import type { Signer } from '../functions/authority/claims.ts';
import { PROOF_KEY_ENV, proofKeys } from '../functions/authority/keys.ts';
import { readEnv } from '../functions/domain/env.ts';
import { oneLine } from '../functions/domain/wording.ts';
import { headlineOf } from '../functions/messaging/texts/action-line.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { createStore, type Store } from '../functions/store/store.ts';
import { createTable } from '../functions/store/table.ts';
import { openArchivedTable } from '../local/archived-table.ts';
import { signEffect, unsignedEffects } from './earlier-effects.ts';
import { environmentOf, prefixOfCdk } from './operator.ts';
import type { Out, Outcome } from './output.ts';
import { Refused } from './refused.ts';

export type SignOptions = {
  account?: string;
  prefix?: string;
  /** Action IDs; empty to list only. */
  sign?: string[];
  by?: string;
};
type Place = {
  store: Store;
  evidence: Signer;
  people: readonly string[];
  now: () => Date;
  close: () => Promise<void>;
};

async function onLaptop(data: string): Promise<Place> {
  const { table, keys, now, close } = openArchivedTable(data, () => {});
  return {
    store: createStore(table, () => {}),
    evidence: keys.evidence,
    people: Object.keys(loadPolicy(POLICIES, 'local').escalation.people),
    now,
    close,
  };
}

/** Needs `dynamodb:Query`, `GetItem` and `PutItem` on the table, and `kms:GenerateMac` on the key of evidence. */
async function inAccount(account: string, prefix: string): Promise<Place> {
  const policy = loadPolicy(POLICIES, account);
  const env = await environmentOf(new Lambda({}), `${prefix}gate`, policy);
  const own = readEnv(env, 'tableName', ...PROOF_KEY_ENV);
  return {
    store: createStore(createTable(new DynamoDBClient({}), own.tableName), () => {}),
    evidence: proofKeys(new KMS({}), own, env).evidence,
    people: Object.keys(policy.escalation.people),
    now: () => new Date(),
    close: async () => {},
  };
}

/** Lists the effects without proof, and signs the named ones for a person of the policy. */
export async function signEffects(
  data: string,
  { account, prefix, sign = [], by }: SignOptions,
  out: Out,
): Promise<Outcome> {
  const place = account ? await inAccount(account, prefix ?? prefixOfCdk()) : await onLaptop(data);
  try {
    return await signIn(place, { sign, by }, out);
  } finally {
    await place.close();
  }
}

async function signIn(
  { store, evidence, people, now }: Place,
  { sign, by }: { sign: readonly string[]; by: string | undefined },
  out: Out,
): Promise<Outcome> {
  const open = await unsignedEffects(store);
  const unknown = sign.find((id) => !open.some(({ actionId }) => actionId === id));
  if (unknown) throw new Refused(`${unknown} is not an effect without proof`);
  if (sign.length > 0 && (!by || !people.includes(by)))
    throw new Refused(`--by must be a person of the policy: ${people.join(', ')}`);
  for (const action of open) {
    const isNamed = sign.includes(action.actionId);
    if (isNamed && by) await signEffect({ store, evidence }, action, { by, at: now() });
    const end = action.dueAt ? `undone at ${action.dueAt}` : 'kept';
    const what = `${action.actionId}  ${oneLine(headlineOf(action))}: ${action.status}, ${end}`;
    out.line(isNamed ? `${what}; signed` : what);
    out.line(`  before: ${oneLine(JSON.stringify(action.before), 500)}`);
  }
  const left = open.length - sign.length;
  out.line(`${open.length} effects without proof, ${sign.length} signed`);
  return {
    exitCode: left > 0 ? 1 : 0,
    results: open.map(({ actionId, incidentId, status, dueAt, before }) => ({
      ...{ actionId, incidentId, status, dueAt, before },
      signed: sign.includes(actionId),
    })),
    counts: { unsigned: open.length, signed: sign.length },
  };
}
