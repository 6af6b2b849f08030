// The interface of an alert source: which events it accepts, and its parser.
import type { InvalidInput } from '../domain/errors.ts';
import type { Draft } from './draft.ts';

/** What an event says about its finding. Every field may be missing. */
export type Envelope = {
  source?: string | undefined;
  type?: string | undefined;
  account?: string | undefined;
  region?: string | undefined;
  time?: string | undefined;
  /** The Security Hub custom action with which a person sent the finding. */
  customAction?: string | undefined;
};

/** One finding as delivered, its path in the body, and its envelope. */
export type Finding = {
  /** ID of the source that parses it. */
  product: string;
  body: Record<string, unknown>;
  /** JSONPath of the finding in the body. */
  path: string;
  envelope: Envelope;
};

/** One element that failed validation, with the error. The other elements are still processed. */
export type Unreadable = { error: InvalidInput; body: unknown; path: string; envelope: Envelope };

export type Source = {
  /** Name of its folder. */
  id: string;
  /** The accepted events, as an EventBridge rule. Sources with the same rule name share a rule. */
  events: {
    rule: string;
    /** The envelope's `source`; absent if any sender may use the detail types. */
    source?: readonly string[];
    detailTypes: readonly string[];
    /** Narrows the rule by the event's detail, as an EventBridge pattern. */
    detail?: Readonly<Record<string, readonly unknown[]>>;
  };
  /** Recognises a finding without an envelope, by fields that only this product writes. */
  hasShape?(fields: Readonly<Record<string, unknown>>): boolean;
  /** Throws InvalidInput that names the field if the finding lacks what every decision needs. */
  parse(finding: Finding): Draft;
};

/** Checks the type of a source. */
export const defineSource = (source: Source): Source => source;

/** Whether the source accepts the event. A missing `source` matches. */
export const isFrom = ({ events }: Source, { source, type = '' }: Envelope): boolean =>
  events.detailTypes.includes(type) &&
  (source === undefined || (events.source?.includes(source) ?? true));

export const hasAny = (fields: Readonly<Record<string, unknown>>, ...names: readonly string[]) =>
  names.some((name) => name in fields);
