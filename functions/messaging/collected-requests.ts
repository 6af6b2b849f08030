// The digest line for all open requests of one incident.
import type { Action } from '../domain/action.ts';
import { newsIn } from '../domain/effect-state.ts';
import { worstOf } from '../domain/incident.ts';
import { openRequestsTo } from '../domain/open-requests.ts';
import { oneLine } from '../domain/wording.ts';
import type { Held } from '../store/page-limit.ts';
import type { Store } from '../store/store.ts';
import { type LinkDeps, questionUrl } from './links.ts';
import type { Message } from './message.ts';
import { collectedLine } from './texts/delivery.ts';
import { LINKS } from './texts/labels.ts';

type Deps = LinkDeps & { store: Pick<Store, 'records'>; now: () => Date };
type CollectedRequests = {
  held: Held;
  needsAnswer: true;
  text: string;
  link: Message['links'][number];
  /** The open requests. */
  requests: readonly Action[];
};

/** Reads the requests when the digest is sent. Null if the person has answered all of them. */
export async function collectedRequests(
  deps: Deps,
  person: { id: string },
  held: Held,
): Promise<CollectedRequests | null> {
  const { incidentId, subject } = held;
  const { records } = deps.store;
  const actions = await records.actions(incidentId);
  const alerts = (await records.readableIncident(incidentId))?.alerts ?? [];
  const open = openRequestsTo(person.id, actions, alerts, deps.now());
  const [first, ...others] = open;
  if (!first) return null;
  const title = worstOf(alerts)?.title ?? subject;
  const updates = open.flatMap((one) => newsIn(one).map(({ text }) => oneLine(text, 120)));
  return {
    held,
    needsAnswer: true,
    text: collectedLine(title, open, updates),
    link: { label: LINKS.decide, url: await questionUrl(deps, first, person, others) },
    requests: open,
  };
}
