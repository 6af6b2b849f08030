// An alert source: which events are its own, and how to read a finding.
import type { InvalidInput } from '../domain/errors.ts';
import type { Draft } from './draft.ts';

/** What an event said around a finding; every part may be missing. */
export type Envelope = {
  source?: string | undefined;
  type?: string | undefined;
  account?: string | undefined;
  region?: string | undefined;
  time?: string | undefined;
  /** The Security Hub custom action by which a person sent the finding. */
  customAction?: string | undefined;
};

/** One finding as delivered, where it is in the body, and what the envelope said. */
export type Finding = {
  /** Id of the source that reads it. */
  product: string;
  body: Record<string, unknown>;
  /** JSONPath of the finding in the body. */
  path: string;
  envelope: Envelope;
};

/** One element that failed validation, with the error. The other elements are still processed. */
export type Unreadable = { error: InvalidInput; body: unknown; path: string; envelope: Envelope };

export type Source = {
  /** Its folder. */
  id: string;
  /** The events that are its own, as an EventBridge rule. Sources with one rule name share a rule. */
  events: {
    rule: string;
    /** The envelope's `source`; absent where any sender may use the detail types. */
    source?: readonly string[];
    detailTypes: readonly string[];
    /** Narrows the rule by the event's detail, in EventBridge's pattern language. */
    detail?: Readonly<Record<string, readonly unknown[]>>;
  };
  /** Tells a finding without an event around it, by fields that only this product writes. */
  hasShape?(fields: Readonly<Record<string, unknown>>): boolean;
  /** Throws InvalidInput, naming the field, when the finding lacks what every decision needs. */
  parse(finding: Finding): Draft;
};

/** Types a source. */
export const defineSource = (source: Source): Source => source;

/** Whether an event is one of the source's own. A missing `source` is taken for the right one. */
export const isFrom = ({ events }: Source, { source, type = '' }: Envelope): boolean =>
  events.detailTypes.includes(type) &&
  (source === undefined || (events.source?.includes(source) ?? true));

export const hasAny = (fields: Readonly<Record<string, unknown>>, ...names: readonly string[]) =>
  names.some((name) => name in fields);
