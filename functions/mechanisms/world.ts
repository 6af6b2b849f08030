// The lists in AWS that mechanisms write, as the world check reads them.
import type { Action } from '../domain/action.ts';
import type { Entity } from '../domain/alert.ts';
import type { Env } from '../domain/env.ts';

/** One entry of a list. */
export type Entry = {
  /** Identifies the entry in every list. */
  id: string;
  /** What it is and where, for people: `203.0.113.7/32 in the IP set countermand-block-ipv4`. */
  text: string;
  /** The list that it is in, where a deployment may write that list again. */
  list?: string;
  /** Whether it affects more than one host or user, which no action of Countermand does. */
  isWide?: true;
};

/** An action whose change may be in place. */
export type Holding = Pick<Action, 'mechanism' | 'parameters' | 'region' | 'before'> & {
  target: Entity;
};

/** How CloudTrail and CloudFormation record a write of a list. */
export type Written = {
  /** The names of CloudTrail's events. */
  eventNames: readonly string[];
  /** The region of the events; null for that of the stack. */
  regionOf(list: string): string | null;
  isWriteOf(parameters: Readonly<Record<string, unknown>>, list: string): boolean;
  /** The list that is a resource of Countermand's own stacks, by its physical ID. Absent if the stacks have none. */
  listOf?(physicalId: string): string | null;
};

/** Whether the parameters of a Lambda event name the function. They hold its name or its ARN. */
export const isOfFunction: Written['isWriteOf'] = ({ functionName }, name) =>
  typeof functionName === 'string' &&
  (functionName.split(':function:')[1] ?? functionName) === name;

/** IAM is global, and CloudTrail records its events in this region. */
export const IAM_EVENTS_REGION = 'us-east-1';

/** Reads the lists of one scope. */
export type WorldReader = {
  scope: string;
  /** The entries that the action makes. Empty for an action of another scope. */
  entriesOf(holding: Holding): readonly Entry[];
  /** Present where CloudFormation may write a list again. What it removed is put back. */
  written?: Written;
  /** All entries that only Countermand makes, with one read per list. */
  read(holdings: readonly Holding[]): Promise<readonly Entry[]>;
};

/** Builds the SDK clients of a reader. Throws InvalidInput if a variable is missing. */
export type ConnectWorld = (env: Env) => WorldReader;
