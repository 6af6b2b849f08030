// What a runbook is, and what one is written from.
import type { Action } from '../../domain/action.ts';
import type { ActionName, ManualName, TargetKindOf } from '../../domain/action-catalog.ts';
import type { Alert, Entity } from '../../domain/alert.ts';
import type { Facts } from '../../domain/facts.ts';
import { quoted, shellQuoted } from '../../domain/wording.ts';

export type Runbook = {
  /** What a person answers before anything is typed. */
  check: string[];
  /** Commands that only look. */
  look: string[];
  act: string[];
  undo: string[];
  /** Who has to hear of it, and when. */
  tell: string[];
};

/** All that a runbook is rendered from. Text of the target and the alert may be an attacker's. */
export type Case = {
  action: Pick<Action, 'actionId' | 'incidentId' | 'account' | 'region' | 'createdAt'>;
  target: Entity;
  alert: Pick<Alert, 'traffic' | 'entities'>;
  /** Null when nothing was found out. */
  facts: Facts | null;
};

/** Commands are for bash and the AWS CLI, in one folder: what the way back needs is kept there in files. */
export type Book = (one: Case) => Runbook;

/**
 * By action and kind of target. Null where the action's own description says what to do; an action that code never
 * carries out has no description.
 */
export type Books = {
  readonly [Name in ActionName]: {
    readonly [Kind in TargetKindOf<Name>]: Name extends ManualName ? Book : Book | null;
  };
};

/** What one mechanism folder answers; each action and kind of target is answered by one folder only. */
export type ActionBooks = { readonly [Name in ActionName]?: Partial<Books[Name]> };

/** @example awsIn(one)('ec2 describe-vpcs') // "aws ec2 describe-vpcs --region 'eu-central-1'" */
export const awsIn =
  ({ action: { region } }: Pick<Case, 'action'>) =>
  (command: string): string =>
    `aws ${command} --region ${shellQuoted(region)}`;

/** The name of a file that belongs to this action. The action's id has letters, digits and dashes only. */
export const fileOf = ({ action: { actionId } }: Pick<Case, 'action'>, what: string): string =>
  `${actionId}.${what}`;

/** Where the target's name is none that AWS could have given, no command is written with it. */
export const notOneOf = (what: string, { target }: Pick<Case, 'target'>): Runbook => ({
  check: [`${quoted(target.value, 200)} is no id of ${what}: find out what is meant first.`],
  look: [],
  act: [],
  undo: [],
  tell: [],
});

/** The AWS partition that a region is in, for the ARNs of AWS's own policies. */
export const partitionOf = ({ action: { region } }: Pick<Case, 'action'>): string => {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
};

/** What CloudTrail saw of it in the last 90 days, newest first. */
export const seenByCloudTrail = (one: Case, attribute: string, value: string): string =>
  awsIn(one)(
    `cloudtrail lookup-events --lookup-attributes AttributeKey=${attribute},AttributeValue=${shellQuoted(value)} --max-items 50 --output text --query 'Events[].[EventTime,EventName,Username,EventSource]'`,
  );
