// What an action's record claims without proof, for the archive.

import type { Action, Status } from '../domain/action.ts';
import { digestOf } from '../store/hash-chain.ts';
import { layoutOf } from '../store/layout.ts';
import { isAbout, proven, type Verifier } from './claims.ts';
import { readEnd } from './end.ts';
import { readRuling } from './rulings.ts';

/** The executor has captured the state before any of these. */
const CAPTURED: readonly Status[] = [
  'executing',
  'in-force',
  'kept',
  'reversing',
  'reversal-failed',
];

type Keys = { votes: Verifier; rulings: Verifier; evidence: Verifier };

/**
 * Each unproven claim in words. Executors and reversers refuse such a record when they act; this notices it before. A
 * record of layout 1 may be of a version that signed nothing, which is no fault.
 */
export async function unprovenIn(keys: Keys, action: Action): Promise<string[]> {
  const { disposition, ruling: proof, evidence } = action;
  const isUnsigned = proof === null && evidence === null && action.orders.length === 0;
  if (isUnsigned && layoutOf(action.incidentId) === 1) return [];
  const mayRun = disposition === 'auto' || disposition === 'approve';
  const ruling = await readRuling(keys.rulings, action);
  return [
    ...(mayRun && !ruling ? ['nothing proves the decision'] : []),
    ...(await unprovenApproval(keys.votes, action, ruling?.request?.required ?? 1)),
    ...(await unprovenEnd(keys, action)),
  ];
}

async function unprovenApproval(
  key: Verifier,
  action: Action,
  required: number,
): Promise<string[]> {
  const { approval } = action;
  if (approval?.decision?.verdict !== 'approved') return [];
  const votes = await Promise.all(approval.votes.map(({ proof }) => proven(key, 'vote', proof)));
  const people = votes
    .filter((vote) => vote !== null)
    .filter((vote) => isAbout(vote, action) && vote.requestedAt === approval.requestedAt)
    .flatMap(({ verdict, by }) => (verdict === 'approved' ? by : []));
  const count = new Set(people).size;
  return count < required ? [`${count} of ${required} approvals are proven`] : [];
}

async function unprovenEnd(keys: Keys, action: Action): Promise<string[]> {
  const { status, before, dueAt } = action;
  if (!CAPTURED.includes(status)) return [];
  const end = await readEnd(keys, action);
  if (!end.evidence) return ['nothing proves the captured state'];
  return [
    ...(end.evidence.before === digestOf(before) ? [] : ['the captured state was changed']),
    ...(status === 'in-force' && dueAt !== end.dueAt ? ['nothing proves the due time'] : []),
    ...(status === 'kept' && end.dueAt !== null ? ['nothing proves that it is kept'] : []),
  ];
}
