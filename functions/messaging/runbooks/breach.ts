// send_breach_notification: no command sends it. What counsel needs first, and which clocks may run.

import { minutesAfter } from '../../domain/time.ts';
import { shellQuoted, utc } from '../../domain/wording.ts';
import { awsIn, type Book, type Case, seenByCloudTrail } from './template.ts';

/** Who signs decides which law applies; these are the hours that are asked about most. */
const CLOCKS = [
  { hours: 24, law: 'an early warning under NIS2, article 23, where the company is in its scope' },
  { hours: 72, law: 'the supervisory authority under GDPR, article 33, where it is personal data' },
] as const;

/** CloudTrail's names of what attacked, by kind. */
const TRAILS: Readonly<Record<string, string>> = {
  'access-key': 'AccessKeyId',
  'iam-user': 'Username',
  'iam-role': 'ResourceName',
};

export const prepareNotice: Book = (one) => {
  const { alert, action } = one;
  const named = (kind: string) => alert.entities.filter((entity) => entity.kind === kind);
  return {
    check: [
      'Which data, whose, how much, and since when? Was it read, changed or taken, or could it only have been?',
      'Which laws and contracts apply? Counsel decides; counted from this message at the latest:',
      ...CLOCKS.map(
        ({ hours, law }) => `- by ${utc(minutesAfter(action.createdAt, hours * 60))}: ${law}`,
      ),
    ],
    look: [
      ...named('bucket').map(({ value }) =>
        awsIn(one)(
          `s3api get-bucket-tagging --bucket ${shellQuoted(value)}  # what it holds, and whose`,
        ),
      ),
      ...named('database').map(({ value }) =>
        awsIn(one)(
          `rds describe-db-instances --db-instance-identifier ${shellQuoted(value)} --query 'DBInstances[].[Engine,DBName,TagList]'`,
        ),
      ),
      ...actorsOf(one),
    ],
    act: ['Call the person who signs such notices, and counsel. Nothing is sent by a command.'],
    undo: [
      'There is no way back: a notice cannot be taken back, and one that was late cannot be made up for.',
    ],
    tell: [
      'The person who signs such notices, at once: the clocks run',
      'Counsel and the data protection officer',
      'Whoever speaks for the company, before anybody outside hears of it',
    ],
  };
};

const MAX_TRAILS = 5;
const actorsOf = (one: Case): string[] =>
  one.alert.entities
    .filter(({ part }) => part === 'actor')
    .flatMap(({ kind, value }) => {
      const attribute = TRAILS[kind];
      return attribute ? [seenByCloudTrail(one, attribute, value)] : [];
    })
    .slice(0, MAX_TRAILS);
