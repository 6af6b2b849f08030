// The shape of a runbook, and the helpers that write its commands.
import type { Action } from '../../domain/action.ts';
import type { ActionName, ManualName, TargetKindOf } from '../../domain/action-catalog.ts';
import type { Alert, Entity } from '../../domain/alert.ts';
import type { Facts } from '../../domain/facts.ts';
import { type Place, UNKNOWN } from '../../domain/place.ts';
import { isIdentity } from '../../domain/service-account.ts';
import { quoted, shellQuoted } from '../../domain/wording.ts';

export type Runbook = {
  /** Questions to answer before the first command. */
  check: string[];
  /** Read-only commands. */
  look: string[];
  act: string[];
  undo: string[];
  /** People to notify, and when. */
  notify: string[];
};

/** The input of a template. An attacker may have written text of the target and the alert. */
export type Case = {
  action: Pick<
    Action,
    'actionId' | 'incidentId' | 'account' | 'region' | 'createdAt' | 'mechanism' | 'parameters'
  >;
  target: Entity;
  alert: Pick<Alert, 'traffic' | 'entities'>;
  /** Null if enrichment found nothing. */
  facts: Facts | null;
};

/** Writes commands for bash and the AWS CLI, run in one folder: files there hold what the undo needs. */
export type RunbookTemplate = (one: Case) => Runbook;

/**
 * By action and kind of target. Null where the action's own description has the manual steps; a manual action has no
 * description.
 */
export type RunbookTemplates = {
  readonly [Name in ActionName]: {
    readonly [Kind in TargetKindOf<Name>]: Name extends ManualName
      ? RunbookTemplate
      : RunbookTemplate | null;
  };
};

/** The templates of one mechanism folder. Each action and kind of target belongs to exactly one folder. */
export type ActionTemplates = { readonly [Name in ActionName]?: Partial<RunbookTemplates[Name]> };

/**
 * A comment is an argument of its own, because a region after it would be part of the comment.
 * @example awsIn(one)('ec2 describe-vpcs', 'five at most') // "aws ec2 describe-vpcs --region 'eu-central-1'  # five at most"
 */
export const awsIn =
  ({ action: { region } }: { action: Pick<Place, 'region'> }) =>
  (command: string, comment = ''): string =>
    `aws ${command} --region ${region === UNKNOWN ? '"$REGION"' : shellQuoted(region)}${comment && `  # ${comment}`}`;

/**
 * The commands after a check of the account that the reader is signed in to. A section is pasted alone, often hours
 * after the one before it, so each needs the check.
 */
export const inPlaceOf = (action: Place, lines: readonly string[]): string[] =>
  lines.some((line) => line.includes('aws '))
    ? [...requireRegion(action), whichAccount(action), ...lines]
    : [...lines];

/** Stops a shell in which the reader has not set the region that the alert does not name. */
const requireRegion = ({ region }: Place): string[] =>
  region === UNKNOWN
    ? [': "${REGION:?the alert names no region: set REGION to the region of the target}"']
    : [];

const whichAccount = (action: Place): string =>
  awsIn({ action })(
    'sts get-caller-identity --output text --query Account',
    `must print ${action.account === UNKNOWN ? 'the account of the target, which the alert does not name' : action.account}`,
  );

/** A file name for this action. Action IDs have only letters, digits and dashes. */
export const fileOf = ({ action: { actionId } }: Pick<Case, 'action'>, what: string): string =>
  `${actionId}.${what}`;

/** A runbook without commands: the target's name is not a valid AWS ID, so it must not get into a command. */
export const noCommands = (what: string, { target }: Pick<Case, 'target'>): Runbook => ({
  check: [`Find the right target first: ${quoted(target.value, 200)} is not ${what}.`],
  look: [],
  act: [],
  undo: [],
  notify: [],
});

/** CloudTrail lists the calls of a region. An identity, which has none, is looked up where it was seen. */
const whereSeen = ({ action, target: { kind, place } }: Case) => ({
  action:
    isIdentity({ kind }) && place.region !== UNKNOWN ? { ...action, region: place.region } : action,
});

/** The command that lists its CloudTrail events of the last 90 days, newest first. */
export const cloudTrailEvents = (one: Case, attribute: string, value: string): string =>
  awsIn(whereSeen(one))(
    `cloudtrail lookup-events --lookup-attributes AttributeKey=${attribute},AttributeValue=${shellQuoted(value)} --max-items 50 --output text --query 'Events[].[EventTime,EventName,Username,EventSource]'`,
  );
