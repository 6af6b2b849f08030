// create_alert_ticket: one OpsItem in SSM OpsCenter per incident.
import type { SSM } from '@aws-sdk/client-ssm';
import { z } from 'zod';
import { aws } from '../../audit/aws-errors.ts';
import { NotFound } from '../../domain/errors.ts';
import { cut } from '../../domain/wording.ts';
import type { Mechanism } from '../mechanism.ts';

export type TicketApi = Pick<SSM, 'createOpsItem' | 'describeOpsItems' | 'updateOpsItem'>;
export type TicketClients = { ssm: TicketApi };

/** What a ticket says. `body` is written by code; what a model wrote in it is marked by whoever composes it. */
export type Ticket = { incidentId: string; title: string; body: string };

const SOURCE = 'countermand';
/** OpsItem titles end at 1,024 characters, descriptions at 2,048. @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html */
const MAX_TITLE = 1024;
const MAX_BODY = 2048;

/** Opens the incident's ticket, or finds the one that is open; returns its id. */
export async function openTicket(ssm: TicketApi, ticket: Ticket): Promise<string> {
  const ids = { incidentId: ticket.incidentId };
  try {
    const { OpsItemId } = await ssm.createOpsItem({
      Source: SOURCE,
      Title: cut(`${ticket.incidentId}: ${ticket.title}`, MAX_TITLE),
      Description: cut(ticket.body, MAX_BODY),
      Category: 'Security',
      OperationalData: {
        // With this, a second ticket of the same incident is refused, and the refusal names the first one.
        '/aws/dedup': {
          Type: 'SearchableString',
          Value: JSON.stringify({ dedupString: ticket.incidentId }),
        },
      },
    });
    if (!OpsItemId) throw new NotFound('OpsCenter answered without an id', ids);
    return OpsItemId;
  } catch (error) {
    if (isAlreadyOpen(error)) return error.OpsItemId;
    return aws('opening a ticket', ids, () => Promise.reject(error));
  }
}

const isAlreadyOpen = (error: unknown): error is Error & { OpsItemId: string } =>
  error instanceof Error &&
  error.name === 'OpsItemAlreadyExistsException' &&
  'OpsItemId' in error &&
  typeof error.OpsItemId === 'string';

/** Tickets of this incident that were open before us: somebody else's, or told to people already. */
const Before = z.strictObject({ openBefore: z.array(z.string()) });

export const openOpsItem: Mechanism<TicketClients, z.infer<typeof Before>> = {
  id: 'ticket.ops-item',
  version: 2,
  action: 'create_alert_ticket',
  scope: 'ticket',
  targetKinds: ['alert'],
  permissions: ['ssm:CreateOpsItem', 'ssm:DescribeOpsItems', 'ssm:UpdateOpsItem'],
  quota: '500,000 OpsItems per account and region',
  effects: () => [{}],
  effectKey: ({ incidentId }) => `ticket:${incidentId}`,
  describe: ({ incidentId }) => ({
    headline: `Open a ticket for incident ${incidentId}`,
    changes: [
      'One OpsItem is opened in Systems Manager OpsCenter, or the open one of this incident is used',
    ],
    affected: ['Nobody'],
    undo: 'The ticket is resolved, with the reason',
    manualUndo: [`aws ssm update-ops-item --ops-item-id <id> --status Resolved`],
  }),
  before: Before,
  wasThere: ({ openBefore }) => openBefore.length > 0,
  connect: ({ ssm }) => ({
    capture: async ({ incidentId }) => ({ openBefore: await findOpen(ssm, incidentId) }),
    apply: async (subject) => {
      await openTicket(ssm, {
        incidentId: subject.incidentId,
        title: `security alert ${subject.target.value}`,
        body: `Countermand opened this ticket for incident ${subject.incidentId}. Its record has the alert, the analysis and every action.`,
      });
    },
    verify: async ({ incidentId }) => {
      const [id] = await findOpen(ssm, incidentId);
      return id
        ? { holds: true, found: `${id} is open` }
        : { holds: false, found: 'no open ticket of this incident was found' };
    },
    revert: async ({ incidentId, actionId }, { openBefore }) => {
      for (const id of await findOpen(ssm, incidentId))
        if (!openBefore.includes(id)) await resolve(ssm, id, `Withdrawn: ${actionId} was undone`);
    },
    verifyReverted: async ({ incidentId }, { openBefore }) => {
      const open = await findOpen(ssm, incidentId);
      const left = open.filter((id) => !openBefore.includes(id));
      return left.length === 0
        ? { holds: true, found: 'The ticket is resolved' }
        : { holds: false, found: `${left.join(', ')} is still open` };
    },
  }),
};

/** OpsCenter has no comments: the reason stands in the operational data, which people see and can search. */
const resolve = (ssm: TicketApi, id: string, reason: string) =>
  aws('resolving the ticket', { id }, () =>
    ssm.updateOpsItem({
      OpsItemId: id,
      Status: 'Resolved',
      OperationalData: { resolution: { Type: 'SearchableString', Value: reason } },
    }),
  );

/** Ids of the incident's tickets that are not resolved. The title begins with the incident's id. */
async function findOpen(ssm: TicketApi, incidentId: string): Promise<string[]> {
  const { OpsItemSummaries } = await aws('looking for the ticket', { incidentId }, () =>
    ssm.describeOpsItems({
      OpsItemFilters: [
        { Key: 'Source', Operator: 'Equal', Values: [SOURCE] },
        { Key: 'Title', Operator: 'Contains', Values: [incidentId] },
        { Key: 'Status', Operator: 'Equal', Values: ['Open', 'InProgress'] },
      ],
    }),
  );
  return (OpsItemSummaries ?? []).flatMap(({ OpsItemId }) => OpsItemId ?? []);
}
