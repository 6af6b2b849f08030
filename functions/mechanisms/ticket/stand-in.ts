// Stand-in of SSM OpsCenter: one open OpsItem per deduplication string.

import type { CalendarApi } from '../../enrich/calendar.ts';
import { connected } from '../mechanism.ts';
import type { StateFile } from '../stand-in.ts';
import { awsFailure, type StandIn } from '../stand-in.ts';
import type { TicketApi } from './ops-item.ts';
import { openOpsItem } from './ops-item.ts';

export type OpsItem = {
  id: string;
  source: string;
  title: string;
  body: string;
  severity: string;
  /** The full text, if the description is too short for it. */
  details: string;
  dedup: string;
  status: string;
  /** Why it was resolved. */
  resolution?: string;
};

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html */
const LONGEST = { Title: 1024, Description: 2048, Source: 128 } as const;
const FILTERS = ['Source', 'Title', 'Status'];

function checkLength(field: keyof typeof LONGEST, { length }: string): void {
  const longest = LONGEST[field];
  if (length === 0 || length > longest)
    throw refuse(`${field} must have 1 to ${longest} characters`);
}

const refuse = (message: string) => awsFailure('OpsItemInvalidParameterException', 400, message);

/** @see https://docs.aws.amazon.com/systems-manager/latest/userguide/OpsCenter-working-deduplication.html */
export function createOpsCenter(file: StateFile<OpsItem[]>): TicketApi & CalendarApi {
  type Create = Parameters<TicketApi['createOpsItem']>[0];
  return {
    createOpsItem: async (request: Create) => {
      for (const field of Object.keys(LONGEST) as (keyof typeof LONGEST)[])
        checkLength(field, request[field] ?? '');
      const items = file.view();
      const dedup = request.OperationalData?.['/aws/dedup']?.Value ?? '';
      const open = items.find(
        (item) => dedup && item.dedup === dedup && item.status !== 'Resolved',
      );
      if (open)
        throw awsFailure('OpsItemAlreadyExistsException', 400, 'The OpsItem already exists', {
          OpsItemId: open.id,
        });
      const id = `oi-${String(items.length + 1).padStart(12, '0')}`;
      const { Source: source = '', Title: title = '', Description: body = '' } = request;
      const severity = request.Severity ?? '';
      const details = request.OperationalData?.details?.Value ?? '';
      const item = { id, source, title, body, severity, details, dedup, status: 'Open' };
      file.write([...items, item]);
      return { OpsItemId: id, $metadata: {} };
    },
    describeOpsItems: async (request: Parameters<TicketApi['describeOpsItems']>[0]) => {
      for (const { Key } of request.OpsItemFilters ?? [])
        if (!FILTERS.includes(Key ?? '')) throw refuse(`no filter ${Key}`);
      const wanted = (key: string) =>
        request.OpsItemFilters?.find(({ Key }) => Key === key)?.Values ?? [];
      const [sources, parts, statuses] = ['Source', 'Title', 'Status'].map(wanted) as [
        string[],
        string[],
        string[],
      ];
      const found = file
        .view()
        .filter(
          ({ source, title, status }) =>
            sources.includes(source) &&
            statuses.includes(status) &&
            parts.every((part) => title.includes(part)),
        );
      return {
        OpsItemSummaries: found.map(({ id, title, status }) => ({
          OpsItemId: id,
          Title: title,
          Status: status as 'Open',
        })),
        $metadata: {},
      };
    },
    updateOpsItem: async (request: Parameters<TicketApi['updateOpsItem']>[0]) => {
      const items = file.view();
      if (!items.some(({ id }) => id === request.OpsItemId))
        throw awsFailure('OpsItemNotFoundException', 400, 'The specified OpsItem ID doesn’t exist');
      const { Status: status, Title: title, Description: body, Severity: severity } = request;
      if (title !== undefined) checkLength('Title', title);
      if (body !== undefined) checkLength('Description', body);
      const resolution = request.OperationalData?.resolution?.Value;
      const details = request.OperationalData?.details?.Value;
      file.write(
        items.map((item) =>
          item.id === request.OpsItemId
            ? {
                ...item,
                ...(status && { status }),
                ...(title && { title }),
                ...(body && { body }),
                ...(severity && { severity }),
                ...(details && { details }),
                ...(resolution && { resolution }),
              }
            : item,
        ),
      );
      return { $metadata: {} };
    },
    /** The stand-in has no calendar. */
    getCalendarState: async () => ({ State: 'OPEN', $metadata: {} }),
  } as unknown as TicketApi & CalendarApi;
}

export const standIn: StandIn = {
  connect: ({ state, writeTicket }) => [
    connected(openOpsItem, {
      ssm: createOpsCenter(state<OpsItem[]>('ops-items', [])),
      writeTicket,
    }),
  ],
};
