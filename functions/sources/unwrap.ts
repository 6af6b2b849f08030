// Extracts findings from EventBridge, SNS, SQS and API wrappings.
import * as z from 'zod/mini';
import { InvalidInput } from '../domain/errors.ts';
import type { PartnerSource } from '../policy/schemas/account.ts';
import { opt, readAs } from './fields.ts';
import { parseJson } from './json.ts';
import { otherEvent, otherThing } from './other-things.ts';
import { SOURCES } from './registry.ts';
import { type Envelope, type Finding, isFrom, type Source, type Unreadable } from './source.ts';

const Fields = z.record(z.string(), z.unknown());
const lenient = z.pipe(
  opt(z.string()),
  z.transform((value) => value ?? undefined),
);
const Event = z.looseObject({
  source: z.optional(z.string()),
  'detail-type': z.string(),
  detail: z.optional(z.unknown()),
  account: lenient,
  region: lenient,
  time: lenient,
});
const CustomAction = z.looseObject({
  actionName: z.string().check(z.minLength(1)),
  findings: z.array(z.unknown()),
});
const MAX_ACTION_NAME = 200;
/**
 * Text in SNS and SQS messages: in `Records` of a Lambda event, or as the body that SNS sends to a queue or webhook.
 */
const Delivered = z.union([
  z.pipe(
    z.looseObject({ Sns: z.looseObject({ Message: z.string() }) }),
    z.transform(({ Sns }) => ({ text: Sns.Message, field: 'Sns.Message' })),
  ),
  z.pipe(
    z.looseObject({ Type: z.literal('Notification'), Message: z.string() }),
    z.transform(({ Message }) => ({ text: Message, field: 'Message' })),
  ),
  z.pipe(
    z.looseObject({ messageId: z.string(), body: z.string() }),
    z.transform(({ body }) => ({ text: body, field: 'body' })),
  ),
]);

/** EventBridge in SNS in SQS in Records makes seven levels. Deeper wrapping is malicious. */
const MAX_WRAPPINGS = 10;
/**
 * Security Hub accepts 100 findings per request.
 *
 * @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
 */
const MAX_FINDINGS = 100;

/**
 * The findings of a body. Throws InvalidInput that names the field and the expected value if no part of the body is
 * readable.
 */
export function unwrap(
  body: string,
  partners: readonly PartnerSource[] = [],
): (Finding | Unreadable)[] {
  const found = unwrapParts(parseJson(body, '$'), {
    path: '$',
    envelope: {},
    source: null,
    partners,
    depth: 0,
  });
  if (found.length > MAX_FINDINGS)
    throw new InvalidInput(
      `$: expected at most ${MAX_FINDINGS} findings in one body, found ${found.length}`,
    );
  const bad = found.flatMap((part) => ('error' in part ? [part.error] : []));
  const [first] = bad;
  if (!first || bad.length < found.length) return found;
  if (bad.length === 1) throw first;
  throw new InvalidInput(`${first.message}; and ${bad.length - 1} more`, {}, first);
}

/** One finding in its envelope, as a body that can be delivered again. */
export function rewrapped({ body, envelope }: Finding | Unreadable): string {
  const { type, customAction, ...around } = envelope;
  const detail = customAction ? { actionName: customAction, findings: [body] } : body;
  const text = JSON.stringify(type ? { 'detail-type': type, ...around, detail } : body);
  // SQS rejects these two characters. JSON already escapes every other forbidden character.
  return text.replace(/[\uFFFE\uFFFF]/g, (character) =>
    character === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
}

/** The position in the body, and what the enclosing envelopes say. */
type Position = {
  path: string;
  envelope: Envelope;
  /** The source that the enclosing event names; null outside an event. */
  source: Source | null;
  partners: readonly PartnerSource[];
  depth: number;
};

function unwrapParts(value: unknown, place: Position): (Finding | Unreadable)[] {
  try {
    return read(value, place);
  } catch (error) {
    const { path, envelope } = place;
    if (error instanceof InvalidInput) return [{ error, body: value, path, envelope }];
    throw error;
  }
}

function read(value: unknown, place: Position): (Finding | Unreadable)[] {
  const { path, envelope, source, depth } = place;
  if (depth > MAX_WRAPPINGS)
    throw new InvalidInput(`${path}: wrapped more than ${MAX_WRAPPINGS} times`);
  const inside = (inner: unknown, at: string, around: Partial<Position> = {}) =>
    unwrapParts(inner, { ...place, ...around, path: at, depth: depth + 1 });
  if (Array.isArray(value)) {
    if (value.length === 0)
      throw new InvalidInput(`${path}: expected at least one finding, found an empty list`);
    return value.flatMap((one, i) => inside(one, `${path}[${i}]`));
  }
  const fields = fieldsOf(value, path);
  const lists = listsIn(fields, source);
  if (lists.length > 0) return lists.flatMap((list) => inside(fields[list], `${path}.${list}`));
  if (source) {
    checkShape(source, fields, path);
    return [{ product: source.id, body: fields, path, envelope }];
  }
  if ('detail-type' in fields) {
    const event = readAs(Event, value, path);
    const around = fromEvent(event, place);
    return inside(fieldsOf(event.detail, `${path}.detail`), `${path}.detail`, around);
  }
  const delivered = Delivered.safeParse(value);
  if (delivered.success) {
    const at = `${path}.${delivered.data.field}`;
    return inside(parseJson(delivered.data.text, at), at);
  }
  return [{ product: productOf(fields, path), body: fields, path, envelope }];
}

function fieldsOf(value: unknown, path: string): Record<string, unknown> {
  const fields = Fields.safeParse(value);
  if (fields.success) return fields.data;
  throw new InvalidInput(`${path}: expected a finding, found ${describe(value)}`);
}

/**
 * The fields that hold lists of findings. Inside an event, only a source with a shape of its own sends lists. An event
 * or message inside an event is not unwrapped: its sender could impersonate another source or account.
 */
function listsIn(fields: Record<string, unknown>, source: Source | null): string[] {
  if ('detail-type' in fields || (source && !source.hasShape)) return [];
  const lists = source ? ['Findings', 'findings'] : ['Findings', 'findings', 'Records'];
  return lists.filter((name) => Array.isArray(fields[name]));
}

/** Selects the source by the event's envelope, never by the shape of its detail. */
function fromEvent(
  event: z.infer<typeof Event>,
  { path, partners }: Pick<Position, 'path' | 'partners'>,
): Pick<Position, 'envelope' | 'source'> {
  const { source: sender, 'detail-type': type, detail, account, region, time } = event;
  const customAction = CustomAction.safeParse(detail).data?.actionName.slice(0, MAX_ACTION_NAME);
  const envelope = {
    source: sender,
    type,
    account,
    region,
    time,
    ...(customAction && { customAction }),
  };
  const other = otherEvent(type);
  if (other)
    throw new InvalidInput(
      `${path}.detail-type: "${type.slice(0, 100)}" is ${other}, not a finding`,
    );
  const format = partners.find((one) => one.source === sender)?.format;
  // Any sender may use the generic alert's detail type. Checked first, so that no sender can pose as a partner, whose
  // findings name their own account.
  const source =
    SOURCES.find((one) => isFrom(one, envelope)) ?? SOURCES.find(({ id }) => id === format);
  if (source) return { envelope, source };
  const named = sender === undefined ? '' : ` from "${sender.slice(0, 100)}"`;
  throw new InvalidInput(
    `${path}.detail-type: no source reads "${type.slice(0, 100)}"${named}; expected ${KNOWN_EVENTS}, or a partner that policy names`,
  );
}

/** `"GuardDuty Finding" from aws.guardduty`, for every accepted detail type. */
const KNOWN_EVENTS = SOURCES.flatMap(({ events: { source, detailTypes } }) =>
  detailTypes.map((type) => `"${type}"${source ? ` from ${source.join(' or ')}` : ''}`),
).join(', ');

/** Throws InvalidInput for an element that is not a finding of the event's source. */
function checkShape(source: Source, fields: Record<string, unknown>, path: string): void {
  if (!source.hasShape || source.hasShape(fields)) return;
  throw new InvalidInput(
    `${path}: expected a finding of ${source.id}, found one of ${productOf(fields, path)}`,
  );
}

/** The product of a finding that has no envelope. */
function productOf(fields: Record<string, unknown>, path: string): string {
  const found = BY_SHAPE.find(({ hasShape }) => hasShape?.(fields));
  if (found) return found.id;
  if (
    ['service', 'Service', 'resource', 'Resource', 'severity', 'Severity'].some((n) => n in fields)
  )
    throw new InvalidInput(
      `${path}.type: expected a finding type, such as "UnauthorizedAccess:EC2/SSHBruteForce"`,
    );
  const other = otherThing(fields);
  if (other) throw new InvalidInput(`${path}: ${other}, not a finding`);
  const names = Object.keys(fields).slice(0, 5).join(', ').slice(0, 100) || 'nothing';
  throw new InvalidInput(
    `${path}: expected a GuardDuty finding (type, severity, resource, service), a Security Hub finding, or an event with detail-type and detail; found ${names}`,
  );
}

/** GuardDuty is checked last, because its field names are the least specific. */
const BY_SHAPE = [...SOURCES].sort(
  (a, b) => Number(a.id === 'guardduty') - Number(b.id === 'guardduty'),
);

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  return value === null ? 'null' : `a ${typeof value}`;
}
