// The SES tags of an email: they come back in the event when it bounces.
import { ActionId, IncidentId } from '../domain/action.ts';
import type { Message } from './message.ts';

const NAMES = { incident: 'incident', action: 'action', person: 'person' } as const;

/**
 * SES accepts letters, digits, `_` and `-` in a tag. A person's ID may have dots and never has an underscore.
 * @see https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_MessageTag.html
 */
export const mailTags = ({
  to,
  incidentId,
  actionId,
}: Pick<Message, 'to' | 'incidentId' | 'actionId'>): { Name: string; Value: string }[] => [
  ...(actionId
    ? [
        { Name: NAMES.incident, Value: incidentId },
        { Name: NAMES.action, Value: actionId },
      ]
    : []),
  ...(to.kind === 'person' ? [{ Name: NAMES.person, Value: to.id.replaceAll('.', '_') }] : []),
];

/** Who the email was for and which action it was about. Null where the tags don't say. */
export function readMailTags(tags: Readonly<Record<string, readonly string[]>>) {
  const incidentId = IncidentId.safeParse(tags[NAMES.incident]?.[0]).data;
  const actionId = ActionId.safeParse(tags[NAMES.action]?.[0]).data;
  return {
    person: tags[NAMES.person]?.[0]?.replaceAll('_', '.') ?? null,
    about: incidentId && actionId ? { incidentId, actionId } : null,
  };
}
