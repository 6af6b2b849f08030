// The SES tags of an email: they come back in the event when it bounces.
import { ActionId, IncidentId } from '../domain/action.ts';
import type { Message } from './message.ts';

const NAMES = { incident: 'incident', action: 'action', person: 'person' } as const;
const LISTED = 'listed-';
/** A tag has at most 256 characters, and a pair of IDs at most 48. */
const PAIRS_IN_TAG = 5;
const MOST_TAGS = 5;

/** `digest`: the message about the action was a line of a digest. */
type About = { incidentId: string; actionId: string; digest?: true };
type Tagged = Pick<Message, 'to' | 'incidentId' | 'actionId' | 'lists'>;

/**
 * SES accepts letters, digits, `_` and `-` in a tag. A person's ID may have dots and never has an underscore. Of a
 * longer digest, the tags name the first actions.
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
 */
export function mailTags({ to, incidentId, actionId, lists = [] }: Tagged) {
  const pairs = lists.map((one) => `${one.incidentId}_${one.actionId}`);
  const values = Array.from({ length: MOST_TAGS }, (_, i) =>
    pairs.slice(i * PAIRS_IN_TAG, (i + 1) * PAIRS_IN_TAG).join('_'),
  );
  return [
    ...(actionId
      ? [
          { Name: NAMES.incident, Value: incidentId },
          { Name: NAMES.action, Value: actionId },
        ]
      : []),
    ...values.flatMap((Value, i) => (Value ? [{ Name: `${LISTED}${i}`, Value }] : [])),
    ...(to.kind === 'person' ? [{ Name: NAMES.person, Value: to.id.replaceAll('.', '_') }] : []),
  ];
}

/** Who the email was for, and which actions it was about. Null, or empty, where the tags don't say. */
export function readMailTags(tags: Readonly<Record<string, readonly string[]>>) {
  const tag = (name: string) => tags[name]?.[0] ?? '';
  const listed = Array.from({ length: MOST_TAGS }, (_, i) => tag(`${LISTED}${i}`).split('_'));
  const about: About[] = [
    ...pairsIn([tag(NAMES.incident), tag(NAMES.action)]),
    ...listed.flatMap(pairsIn).map((one) => ({ ...one, digest: true as const })),
  ];
  return { person: tags[NAMES.person]?.[0]?.replaceAll('_', '.') ?? null, about };
}

const pairsIn = (ids: readonly string[]): About[] =>
  ids.slice(0, 2 * PAIRS_IN_TAG).flatMap((id, i) => {
    const incidentId = IncidentId.safeParse(id).data;
    const actionId = ActionId.safeParse(ids[i + 1]).data;
    return incidentId && actionId ? [{ incidentId, actionId }] : [];
  });
