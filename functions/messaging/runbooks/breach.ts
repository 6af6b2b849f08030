// Manual steps before a breach notification: questions, deadlines, contacts.
import { type Place, UNKNOWN } from '../../domain/place.ts';
import { minutesAfter } from '../../domain/time.ts';
import { shellQuoted, utc } from '../../domain/wording.ts';
import { awsIn, type Case, cloudTrailEvents, type RunbookTemplate } from './template.ts';

/** The most common deadlines. Counsel decides which laws apply. */
const CLOCKS = [
  { hours: 24, law: 'early warning (NIS2, article 23), if the company is in scope' },
  {
    hours: 72,
    law: 'notify the supervisory authority (GDPR, article 33), if personal data is affected',
  },
] as const;

/** CloudTrail's lookup attribute for each kind of actor. */
const TRAILS: Readonly<Record<string, string>> = {
  'access-key': 'AccessKeyId',
  'iam-user': 'Username',
  'iam-role': 'ResourceName',
};

export const prepareNotice: RunbookTemplate = (one) => {
  const { alert, action } = one;
  // Without its own region, a resource is where the alert is from.
  const at = ({ region }: Place) => (region === UNKNOWN ? one : { action: { ...action, region } });
  const named = (kind: string) => alert.entities.filter((entity) => entity.kind === kind);
  return {
    check: [
      'Which data is affected, whose, how much, and since when? Was it read, changed or copied, or is that only possible?',
      'Ask counsel which laws and contracts apply. Latest deadlines, counted from this message:',
      ...CLOCKS.map(
        ({ hours, law }) => `- by ${utc(minutesAfter(action.createdAt, hours * 60))}: ${law}`,
      ),
    ],
    look: [
      ...named('bucket').map(({ value, place }) =>
        awsIn(at(place))(
          `s3api get-bucket-tagging --bucket ${shellQuoted(value)}`,
          'its data and its owner',
        ),
      ),
      ...named('database').map(({ value, place }) =>
        awsIn(at(place))(
          `rds describe-db-instances --db-instance-identifier ${shellQuoted(value)} --query 'DBInstances[].[Engine,DBName,TagList]'`,
        ),
      ),
      ...actorsOf(one),
    ],
    act: ['Call counsel and the person who signs breach notifications. No command sends one.'],
    undo: ['No undo: you cannot withdraw a notification after you send it.'],
    notify: [
      'The person who signs breach notifications, now: the deadlines are running',
      'Counsel and the data protection officer',
      'The press office, before the news leaves the company',
    ],
  };
};

const MAX_TRAILS = 5;
const actorsOf = (one: Case): string[] =>
  one.alert.entities
    .filter(({ part }) => part === 'actor')
    .flatMap(({ kind, value }) => {
      const attribute = TRAILS[kind];
      return attribute ? [cloudTrailEvents(one, attribute, value)] : [];
    })
    .slice(0, MAX_TRAILS);
