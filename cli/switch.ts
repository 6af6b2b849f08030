// Shows and sets the kill switch, on this laptop or in an account.
import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMS } from '@aws-sdk/client-kms';
import { Lambda } from '@aws-sdk/client-lambda';
import { PROOF_KEY_ENV, proofKeys } from '../functions/authority/keys.ts';
import { readEnv } from '../functions/domain/env.ts';
import type { SwitchMode } from '../functions/domain/kill-switch.ts';
import { oneLine } from '../functions/domain/wording.ts';
import type { Mac } from '../functions/links/signed-claims.ts';
import { loadPolicy, POLICIES } from '../functions/policy/load.ts';
import { may } from '../functions/policy/may.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { digestOf } from '../functions/store/hash-chain.ts';
import { createStore, type Store } from '../functions/store/store.ts';
import type { HaltMode } from '../functions/store/switch-entries.ts';
import { createTable } from '../functions/store/table.ts';
import { openArchivedTable } from '../local/archived-table.ts';
import { environmentOf, prefixOfCdk } from './operator.ts';
import type { Out, Outcome } from './output.ts';
import { Refused } from './refused.ts';

type SwitchOptions = {
  account?: string;
  prefix?: string;
  /** If absent, the command only shows the kill switch. */
  mode?: SwitchMode;
  by?: string;
  why?: string;
  /** The code of the list that the operator read. */
  seen?: string;
};
type Place = {
  killSwitch: Store['killSwitch'];
  policy: Policy;
  resumptions: Mac;
  now: () => Date;
  close: () => Promise<void>;
};

async function onLaptop(data: string): Promise<Place> {
  const { table, keys, now, close } = openArchivedTable(data, () => {});
  const { killSwitch } = createStore(table, () => {}, keys.resumptions);
  const policy = loadPolicy(POLICIES, 'local');
  return { killSwitch, policy, resumptions: keys.resumptions, now, close };
}

/**
 * Needs `dynamodb:Query`, `GetItem` and `PutItem` on the table, and `kms:VerifyMac` on the key of resumptions; to
 * resume, also `kms:GenerateMac`.
 */
async function inAccount(account: string, prefix: string): Promise<Place> {
  const policy = loadPolicy(POLICIES, account);
  const env = await environmentOf(new Lambda({}), `${prefix}gate`, policy);
  const own = readEnv(env, 'tableName', ...PROOF_KEY_ENV);
  const { resumptions } = proofKeys(new KMS({}), own, env);
  const { killSwitch } = createStore(
    createTable(new DynamoDBClient({}), own.tableName),
    () => {},
    resumptions,
  );
  return { killSwitch, policy, resumptions, now: () => new Date(), close: async () => {} };
}

/** Shows the kill switch. With a mode, first halts or resumes as a person of the policy. */
export async function setSwitch(
  data: string,
  { account, prefix, ...asked }: SwitchOptions,
  out: Out,
): Promise<Outcome> {
  const place = account ? await inAccount(account, prefix ?? prefixOfCdk()) : await onLaptop(data);
  try {
    if (asked.mode) {
      await move(place, { ...asked, mode: asked.mode }, out);
      out.line('this command notifies no one: tell the team');
    }
    return await show(place, out);
  } finally {
    await place.close();
  }
}

/** Halts without further checks. Resuming ends only the listed entries, which the code identifies. */
async function move(
  { killSwitch, policy, resumptions, now }: Place,
  { mode, by = '', why = '', seen: code }: SwitchOptions & { mode: SwitchMode },
  out: Out,
): Promise<void> {
  const { account } = policy;
  const said = { by: `person:${by}`, at: now().toISOString(), why };
  const person = policy.escalation.people[by];
  const restrict = (to: HaltMode): Promise<void> => {
    if (!may(person, 'halt')) throw refusedTo('halt', policy);
    return killSwitch.halt(account, { mode: to, ...said });
  };
  if (mode === 'halt') return restrict(mode);
  const { mode: current, entries } = await killSwitch.read(account);
  if (mode === 'ask' && current === 'run') return restrict(mode);
  if (!may(person, 'resume')) throw refusedTo('resume', policy);
  const seen = entries.flatMap(({ id }) => id ?? []);
  if (code !== codeOf(seen))
    throw new Refused(
      'run the command without a mode first, and pass the code below the list as --seen',
    );
  const decided = { ...said, mode, authTime: null, seen };
  const isMade = await killSwitch.resume(account, resumptions, randomUUID(), decided);
  if (isMade) out.line(`ended ${seen.length} of ${entries.length} entries`);
}

const refusedTo = (deed: 'halt' | 'resume', { escalation }: Policy): Refused => {
  const able = Object.entries(escalation.people).filter(([, person]) => may(person, deed));
  return new Refused(`--by must be a person who may ${deed}: ${able.map(([id]) => id).join(', ')}`);
};

/** A short code for a list of entries, in any order. */
const codeOf = (ids: readonly string[]): string => digestOf([...ids].sort()).slice(0, 8);

async function show({ killSwitch, policy }: Place, out: Out): Promise<Outcome> {
  const { mode, by, at, why, entries } = await killSwitch.read(policy.account);
  for (const one of entries)
    out.line(oneLine(`${one.at || 'no time'} ${one.mode} by ${one.by}: ${one.why}`));
  const seen = codeOf(entries.flatMap(({ id }) => id ?? []));
  const since = at ? ` since ${at} by ${by}: ${why}` : '';
  out.line(oneLine(`the kill switch is set to ${mode}${since}`));
  if (entries.length > 0) out.line(`to end these entries, pass --seen ${seen}`);
  return { exitCode: 0, results: [...entries], counts: { entries: entries.length } };
}
