// What CloudTrail lists about one identity in a time, reduced by code.
import * as z from 'zod/mini';
import { Count, Instant } from './reference.ts';

/** Services that hold permissions, and services that record what happens. */
const SENSITIVE =
  /^(?:iam|sts|sso|organizations|cloudtrail|guardduty|config|securityhub|logs|access-analyzer)\.amazonaws\.com$/;
export const isSensitive = (service: string): boolean => SENSITIVE.test(service);
export const isWriteName = (call: string): boolean =>
  !/^(?:Get|List|Describe|Lookup|Assume|Simulate)/.test(call);

/** Reports, queries, sign-ins and records that a workload adds: these services are called so all day. */
const ROUTINE =
  /^(?:Generate(?:CredentialReport|OrganizationsAccessReport|ServiceLastAccessedDetails)|DecodeAuthorizationMessage|FilterLogEvents|(?:Start|Stop|Cancel)Query|StartLiveTail|TestMetricFilter|Validate[A-Z]\w+|Check(?:AccessNotGranted|NoNewAccess|NoPublicAccess)|(?:Batch)?Select[A-Z]\w+|BatchGet[A-Z]\w+|SearchLogs|CreateLog(?:Group|Stream)|PutLogEvents|Authenticate|Federate|Logout)$/;
/** Whether a call of a sensitive service changes neither access nor what is recorded, although it may write. */
export const isRoutine = (call: string): boolean => ROUTINE.test(call);

const Call = z.strictObject({
  /** `iam:CreateUser`. */
  name: z.string().check(z.maxLength(128)),
  succeeded: Count,
  failed: Count,
  /** The most frequent error; null if none failed. */
  error: z.nullable(z.string().check(z.maxLength(64))),
});

/** What appeared since the finding and not before it, of how many. */
const Newness = z.strictObject({
  /** At most a few, in the order in which they appeared. */
  appeared: z.array(z.string().check(z.maxLength(256))).check(z.maxLength(5)),
  before: Count,
});

export const Activity = z.strictObject({
  from: Instant,
  to: Instant,
  /** Events that were read. With more events than were read, every number is a lower bound. */
  events: z.int().check(z.gte(1)),
  isComplete: z.boolean(),
  firstAt: Instant,
  lastAt: Instant,
  /** Changes to IAM and to logging first, then the most frequent. */
  calls: z.array(Call).check(z.maxLength(12)),
  otherCalls: Count,
  /** Names of successful calls that changed IAM or logging. */
  changes: z.array(z.string().check(z.maxLength(128))).check(z.maxLength(12)),
  /** How many more names there are. Absent in records of earlier versions. */
  otherChanges: z.optional(Count),
  /** /24 and /48 networks or VPC endpoints, regions, and user agents. Callers choose their user agents. */
  networks: Newness,
  regions: Newness,
  userAgents: Newness,
});
export type Activity = z.infer<typeof Activity>;
