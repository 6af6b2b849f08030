// Explains recorded decisions from archived copies, and decides them again.
import { Action } from '../functions/domain/action.ts';
import { readStored } from '../functions/domain/stored.ts';
import { oneLine } from '../functions/domain/wording.ts';
import { locate } from '../functions/store/layout.ts';
import { type Copies, parseCopy } from '../local/archive-copies.ts';
import { explained, textOf } from './explanation.ts';
import type { Out, Outcome } from './output.ts';
import { type Replayed, replayed } from './recorded-decision.ts';
import { Refused } from './refused.ts';

type Read = { actions: Action[]; decisions: Map<string, unknown>; policies: Map<string, unknown> };

/** The last copy of each action, and every decision and policy. */
async function readCopies(copies: Copies): Promise<Read> {
  const read: Read = { actions: [], decisions: new Map(), policies: new Map() };
  const keys = (await copies.keys('')).filter((key) =>
    /(^|\/)(ACTION|DECISION|POLICY)\//.test(key),
  );
  const last = new Map(keys.map((key) => [key.slice(0, key.lastIndexOf('/')), key]));
  for (const key of last.values()) {
    const { pk, sk, record: item } = parseCopy(await copies.text(key));
    const located = locate({ pk, sk });
    const record = item?.record;
    if (located?.kind === 'decision') read.decisions.set(located.id, record);
    if (located?.kind === 'policy') read.policies.set(located.id, record);
    if (located?.kind === 'action' && item)
      read.actions.push(readStored(Action, record, { what: 'action', actionId: located.id }));
  }
  return read;
}

const conclusionOf = ({ missing, differences }: Replayed): string => {
  if (missing !== null) return `Not decided again: ${missing}.`;
  return differences.length === 0
    ? 'Decided again from its record: the same.'
    : `Decided again from its record, this differs:\n${differences.map((one) => `  - ${oneLine(one, 2_000)}`).join('\n')}`;
};

const outcomeOf = ({ missing, differences }: Replayed) =>
  missing === null ? (differences.length === 0 ? 'same' : 'differs') : 'missing';

/** Throws Refused if there is no such action. The MACs are not checked: `npm run audit` does that. */
export async function explainCopies(
  copies: Copies,
  actionId: string | undefined,
  out: Out,
): Promise<Outcome> {
  const { actions, ...recorded } = await readCopies(copies);
  const asked = actions.filter((one) => actionId === undefined || one.actionId === actionId);
  if (asked.length === 0)
    throw new Refused(
      actionId ? `there is no copy of ${actionId}` : 'there is no copy of an action',
    );
  const counts = { same: 0, differs: 0, missing: 0 };
  const results = asked.map((action) => {
    const replay = replayed(action, recorded);
    const outcome = outcomeOf(replay);
    counts[outcome] += 1;
    out.line(`== ${action.actionId} of ${action.incidentId}, ${action.createdAt}`);
    out.line(`${textOf(explained(action))}\n\n${conclusionOf(replay)}\n`);
    return { actionId: action.actionId, outcome, ...replay, ...explained(action) };
  });
  out.line(
    `${asked.length} decisions: ${counts.same} the same, ${counts.differs} differ, ${counts.missing} without a record`,
  );
  return { exitCode: counts.same === asked.length ? 0 : 1, results, counts };
}
