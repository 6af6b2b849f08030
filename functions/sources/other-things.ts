// Names things that are not findings, for the reason of a rejection.

/** By detail type. Only types that a sender is likely to take for findings. */
const EVENTS: readonly (readonly [RegExp, string])[] = [
  [/^GuardDuty Malware Protection/, 'a scan result'],
  [/^GuardDuty Runtime Protection/, 'a status of an agent'],
  [/^Security Hub Insight Results$/, 'a list of counts'],
  [/ via CloudTrail$/, 'a CloudTrail event'],
  [/^CloudWatch Alarm State Change$/, 'an alarm'],
  [/^Config /, 'an AWS Config event'],
];

/** By fields that no finding has. */
const THINGS: readonly (readonly [readonly string[], string])[] = [
  [['eventVersion', 'eventSource', 'eventName'], 'a CloudTrail event'],
  [['AlarmName', 'NewStateValue'], 'a CloudWatch alarm'],
  [['configurationItem'], 'an AWS Config item'],
  [['SubscribeURL', 'Token'], 'a request to confirm an SNS subscription'],
  [['eventSource', 's3'], 'an S3 event'],
];

/** What an event of this type is instead of a finding; undefined for other types. */
export const otherEvent = (type: string): string | undefined =>
  EVENTS.find(([pattern]) => pattern.test(type))?.[1];

/** What the object is instead of a finding; undefined for an unknown object. */
export const otherThing = (fields: Readonly<Record<string, unknown>>): string | undefined =>
  THINGS.find(([names]) => names.every((name) => name in fields))?.[1];
