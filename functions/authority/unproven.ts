// What an action's record claims without proof, for the archive.

import { type Action, MAY_HAVE_EFFECT } from '../domain/action.ts';
import { layoutOf } from '../store/layout.ts';
import type { Verifier } from './claims.ts';
import { provesBefore, readEnd } from './end.ts';
import { readRuling } from './rulings.ts';
import { readVotes } from './votes.ts';

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
    ...(await unprovenAnswer(keys.votes, action, ruling?.request?.required ?? 1)),
    ...(await unprovenEnd(keys, action)),
  ];
}

async function unprovenAnswer(key: Verifier, action: Action, required: number): Promise<string[]> {
  const { approval, status } = action;
  const answer = status === 'declined' ? status : approval?.decision?.verdict;
  if (!answer) return [];
  const people = (await readVotes(key, action))
    .filter(({ requestedAt }) => requestedAt === approval?.requestedAt)
    .flatMap(({ verdict, by }) => (verdict === answer ? by : []));
  const count = new Set(people).size;
  if (answer === 'declined') return count === 0 ? ['nothing proves that a person declined'] : [];
  return count < required ? [`${count} of ${required} approvals are proven`] : [];
}

async function unprovenEnd(keys: Keys, action: Action): Promise<string[]> {
  const { status, before, dueAt } = action;
  if (!MAY_HAVE_EFFECT.includes(status)) return [];
  const end = await readEnd(keys, action);
  if (!end.evidence) return ['nothing proves the captured state'];
  return [
    ...(provesBefore(end.evidence, before) ? [] : ['the captured state was changed']),
    ...(status === 'in-force' && dueAt !== end.dueAt ? ['nothing proves the due time'] : []),
    ...(status === 'kept' && end.dueAt !== null ? ['nothing proves that it is kept'] : []),
  ];
}
