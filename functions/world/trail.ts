// Looks up events in CloudTrail's event history.
import type { CloudTrail } from '@aws-sdk/client-cloudtrail';
import { aws } from '../platform/aws-errors.ts';
import { parseEvent, type TrailEvent } from './cause.ts';

/** Events of one name since a time, from the stack's region or another one. */
export type Trail = (wanted: {
  eventName: string;
  region: string | null;
  since: string;
}) => Promise<readonly TrailEvent[]>;

/** 50 events a page, two pages a second. */
const MAX_PAGES = 5;

/**
 * Throws if there are more events than it reads: a write that it did not see could be a person's.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export const createTrail =
  (clientIn: (region: string | null) => Pick<CloudTrail, 'lookupEvents'>): Trail =>
  async ({ eventName, region, since }) => {
    const client = clientIn(region);
    const found: TrailEvent[] = [];
    let NextToken: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { Events = [], NextToken: next } = await aws('reading CloudTrail', { eventName }, () =>
        client.lookupEvents({
          LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: eventName }],
          StartTime: new Date(since),
          ...(NextToken && { NextToken }),
        }),
      );
      for (const { CloudTrailEvent } of Events) {
        const event = parseEvent(CloudTrailEvent);
        if (!event) throw new Error(`CloudTrail returned a ${eventName} event of an unknown shape`);
        found.push(event);
      }
      if (!next) return found;
      NextToken = next;
    }
    throw new Error(`more than ${MAX_PAGES} pages of ${eventName} events`);
  };
