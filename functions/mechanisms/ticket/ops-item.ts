// create_alert_ticket in SSM OpsCenter, the default: one OpsItem per incident.
import type { SSM } from '@aws-sdk/client-ssm';
import { NotFound } from '../../domain/errors.ts';
import { oneLine, shellQuoted } from '../../domain/wording.ts';
import { aws } from '../../platform/aws-errors.ts';
import {
  fitting,
  type Ticket,
  type TicketProvider,
  type TicketWriter,
  ticketInfo,
  ticketMechanism,
} from './ticket-provider.ts';

export type TicketApi = Pick<SSM, 'createOpsItem' | 'describeOpsItems' | 'updateOpsItem'>;
export type TicketClients = { ssm: TicketApi } & TicketWriter;

const SOURCE = 'countermand';
/**
 * Maximum lengths of a title, of a description and of a value in the operational data.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html
 */
const MAX_TITLE = 1024;
const MAX_BODY = 2048;
const MAX_DETAILS = 20_000;
const isWithinDetails = (text: string): boolean => text.length <= MAX_DETAILS;

const SEVERITIES: Readonly<Record<Ticket['severity'], string>> = {
  critical: '1',
  high: '2',
  medium: '3',
  low: '4',
  informational: '4',
};

/** OpsCenter limits the description. A longer text is complete in the operational data. */
function contentsOf({ incidentId, title, body, severity }: Ticket) {
  const isLong = body.length > MAX_BODY;
  return {
    Title: `${oneLine(title, MAX_TITLE - incidentId.length - 3)} (${incidentId})`,
    Description: isLong
      ? `${MORE}${fitting(body, (text) => text.length <= MAX_BODY - MORE.length)}`
      : body,
    Severity: SEVERITIES[severity],
    details: { Type: 'String' as const, Value: isLong ? fitting(body, isWithinDetails) : 'None' },
  };
}
const MORE = 'The full text is in the operational data under “details”.\n\n';

export const openOpsItemInfo = ticketInfo({
  id: 'ticket.ops-item',
  version: 3,
  quota: '500,000 OpsItems per account and region',
  configured: ({ channels }) => channels.tickets.system === 'ops-center',
  noun: 'an OpsItem in Systems Manager OpsCenter',
  manualUndo: ({ incidentId, region }) => [
    `aws ssm describe-ops-items --region ${shellQuoted(region)} --ops-item-filters ${[
      `Key=Source,Values=${SOURCE},Operator=Equal`,
      `Key=Title,Values=${incidentId},Operator=Contains`,
      'Key=Status,Values=Open,InProgress,Operator=Equal',
    ].join(
      ' ',
    )} --query 'OpsItemSummaries[].OpsItemId' --output text | xargs -n 1 aws ssm update-ops-item --region ${shellQuoted(region)} --status Resolved --ops-item-id`,
  ],
});

export const openOpsItem = /* @__PURE__ */ ticketMechanism(
  openOpsItemInfo,
  ({ ssm }: TicketClients) => opsCenter(ssm),
);

export const opsCenter = (ssm: TicketApi): TicketProvider => ({
  /** Searches titles, which contain the incident's ID. */
  findOpen: async (incidentId) => {
    const { OpsItemSummaries } = await aws('looking for the ticket', { incidentId }, () =>
      ssm.describeOpsItems({
        OpsItemFilters: [
          { Key: 'Source', Operator: 'Equal', Values: [SOURCE] },
          { Key: 'Title', Operator: 'Contains', Values: [incidentId] },
          { Key: 'Status', Operator: 'Equal', Values: ['Open', 'InProgress'] },
        ],
      }),
    );
    return (OpsItemSummaries ?? []).flatMap(({ OpsItemId }) =>
      OpsItemId ? { id: OpsItemId, name: OpsItemId } : [],
    );
  },
  open: async (ticket) => {
    const { incidentId } = ticket;
    const { details, ...contents } = contentsOf(ticket);
    const id = await createOrFind(ssm, incidentId, {
      Source: SOURCE,
      ...contents,
      Category: 'Security',
      OperationalData: {
        details,
        // With this, AWS rejects a second ticket of the same incident, and the error names the first one.
        '/aws/dedup': {
          Type: 'SearchableString',
          Value: JSON.stringify({ dedupString: incidentId }),
        },
      },
    });
    return { id, name: id };
  },
  update: async ({ id }, ticket) => {
    const { details, ...contents } = contentsOf(ticket);
    await aws('updating the ticket', { id }, () =>
      ssm.updateOpsItem({ OpsItemId: id, ...contents, OperationalData: { details } }),
    );
  },
  /** OpsCenter has no comments, so the reason goes to the operational data, which people can see and search. */
  close: async ({ id }, reason) => {
    await aws('resolving the ticket', { id }, () =>
      ssm.updateOpsItem({
        OpsItemId: id,
        Status: 'Resolved',
        OperationalData: {
          resolution: { Type: 'SearchableString', Value: fitting(reason, isWithinDetails) },
        },
      }),
    );
  },
});

async function createOrFind(
  ssm: TicketApi,
  incidentId: string,
  request: Parameters<TicketApi['createOpsItem']>[0],
): Promise<string> {
  const ids = { incidentId };
  try {
    const { OpsItemId } = await ssm.createOpsItem(request);
    if (!OpsItemId) throw new NotFound('OpsCenter returned no OpsItem ID', ids);
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
