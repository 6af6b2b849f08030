// Recognises findings that are known, and those that a person sends again.
import type { Reported } from '../domain/alert.ts';
import type { Finding } from '../sources/source.ts';
import type { SeenFinding } from '../store/findings.ts';
import { layoutOf } from '../store/layout.ts';
import type { IntakeDeps } from './deps.ts';
import { identityOf } from './identity.ts';
import { changesSince, KnownFinding, knownAfter, withPlausibleTime } from './known-finding.ts';

type Recognised = {
  /** The key of the record that recognises a further delivery. */
  identity: string;
  seen: SeenFinding | null;
  /** Whether the finding must be assessed: it is new, due again, unfinished, or sent by a person. */
  isNew: boolean;
  /** The state and severity from earlier deliveries; null for a new finding. */
  known: KnownFinding | null;
  /** What changed in a known finding, one sentence each. */
  news: readonly string[];
  /** The incident to join; null if the finding belongs to none. */
  incident: string | null;
  /** A second key to record: that of the event with which a person sent the finding. */
  sending: string | null;
};

/** A finding that a person sends is assessed even if it is known. A redelivery of the same event is a repeat. */
export async function recognise(
  deps: IntakeDeps,
  alert: Reported,
  part: Pick<Finding, 'envelope'>,
): Promise<Recognised> {
  const { findings } = deps.store;
  const identity = identityOf(alert);
  const { customAction, time = '' } = part.envelope;
  const sending = customAction === undefined ? null : `${identity}\nsent ${time}`;
  const sent = sending && (await findings.find(sending));
  if (sending && sent)
    return {
      identity: sending,
      seen: sent,
      isNew: !sent.startedAt,
      known: await knownOf(deps, sent),
      news: [],
      incident: sent.incidentId,
      sending: null,
    };
  const seen = await findings.find(identity);
  const isNew = !seen?.startedAt || (await isDueAgain(deps, seen));
  if (sending && seen && !isNew)
    return {
      identity: sending,
      seen: null,
      isNew: true,
      known: null,
      news: [],
      incident: seen.incidentId,
      sending: null,
    };
  const known = seen && (await knownOf(deps, seen));
  const news = changesSince(known, withPlausibleTime(alert, deps.now()));
  // `isNew` may mean that a crash interrupted the acceptance of these changes.
  if (isNew || !seen) return { identity, seen, isNew, known, news, incident: null, sending };
  const incident = seen.incidentId;
  return { identity, seen, isNew: news.length > 0, known, news, incident, sending };
}

/** Built from the alert for a record of an earlier version. */
async function knownOf(
  { store, now }: IntakeDeps,
  seen: SeenFinding,
): Promise<KnownFinding | null> {
  const known = KnownFinding.safeParse(seen.known).data;
  if (known) return withPlausibleTime(known, now());
  const alert = await store.records.readableAlert(seen.incidentId, seen.alertId);
  return alert ? knownAfter(null, withPlausibleTime(alert, now())) : null;
}

/**
 * True when a repeated finding must be assessed again: after `reassessAfterHours`, once its incident is closed. Before
 * a return to an earlier version, at once: that version can't count a repeat in an incident of layout 2.
 */
async function isDueAgain(
  { store, policy, recordLayout, now }: IntakeDeps,
  { startedAt, incidentId }: SeenFinding,
) {
  const hours = (now().getTime() - Date.parse(startedAt ?? '')) / 3_600_000;
  const hasLayout = layoutOf(incidentId) <= recordLayout;
  if (hasLayout && hours < policy.limits.reassessAfterHours) return false;
  return (await store.records.findIncident(incidentId))?.status === 'closed';
}
