// From a delivered body to findings: EventBridge, SNS, SQS and API wrappings come off, and each finding's product is told.
import * as z from 'zod';
import { InvalidInput } from '../domain/errors.ts';

/** What an event said around a finding; every part may be missing. */
export type Envelope = {
  type?: string | undefined;
  account?: string | undefined;
  region?: string | undefined;
  time?: string | undefined;
};

/** One finding as it was delivered, with where in the body it stands and what the envelope said. */
export type Finding = {
  product: 'guardduty' | 'asff' | 'ocsf' | 'generic';
  body: Record<string, unknown>;
  /** JSONPath of the finding in the body. */
  path: string;
  envelope: Envelope;
};

/** A part of a body that is no finding, and why. It costs its neighbours nothing. */
export type Unreadable = { error: InvalidInput; body: unknown; path: string; envelope: Envelope };

const Fields = z.record(z.string(), z.unknown());
const lenient = z.string().optional().catch(undefined);
const Event = z.looseObject({
  'detail-type': z.string(),
  detail: Fields,
  account: lenient,
  region: lenient,
  time: lenient,
});
/** How SNS and SQS deliver text: to a function in Records, and SNS to a queue or a web hook as it is. */
const Delivered = z.union([
  z
    .looseObject({ Sns: z.looseObject({ Message: z.string() }) })
    .transform(({ Sns }) => ({ text: Sns.Message, field: 'Sns.Message' })),
  z
    .looseObject({ Type: z.literal('Notification'), Message: z.string() })
    .transform(({ Message }) => ({ text: Message, field: 'Message' })),
  z
    .looseObject({ messageId: z.string(), body: z.string() })
    .transform(({ body }) => ({ text: body, field: 'body' })),
]);

/** EventBridge in SNS in SQS in Records is seven; a body that is wrapped deeper was made to waste our time. */
const MAX_WRAPPINGS = 10;
/** Security Hub takes 100 findings at a time. @see https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html */
const MAX_FINDINGS = 100;
/** A finding of GuardDuty is about 12 levels deep, and DynamoDB ends at 32. */
const MAX_LEVELS = 40;

/** The parts of a body. Throws InvalidInput, naming the field and what was expected, when the body as a whole is not readable. */
export function unwrap(body: string): (Finding | Unreadable)[] {
  const found = parts(parse(body, '$'), '$', {}, 0);
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

/** A part alone, in the envelope that it came in: what can be delivered again in place of the whole body. */
export function alone({ body, envelope }: Finding | Unreadable): string {
  const { type, ...around } = envelope;
  const text = JSON.stringify(type ? { 'detail-type': type, ...around, detail: body } : body);
  // A queue does not carry these two; every other forbidden character is escaped in JSON anyway.
  return text.replace(/[\uFFFE\uFFFF]/g, (character) =>
    character === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
}

function parts(
  value: unknown,
  path: string,
  envelope: Envelope,
  depth: number,
): (Finding | Unreadable)[] {
  try {
    return read(value, path, envelope, depth);
  } catch (error) {
    if (error instanceof InvalidInput) return [{ error, body: value, path, envelope }];
    throw error;
  }
}

function read(value: unknown, path: string, envelope: Envelope, depth: number) {
  if (depth > MAX_WRAPPINGS)
    throw new InvalidInput(`${path}: wrapped more than ${MAX_WRAPPINGS} times`);
  const inside = (inner: unknown, at: string, around = envelope) =>
    parts(inner, at, around, depth + 1);
  if (Array.isArray(value)) {
    if (value.length === 0)
      throw new InvalidInput(`${path}: expected at least one finding, found an empty list`);
    return value.flatMap((one, i) => inside(one, `${path}[${i}]`));
  }
  const fields = Fields.safeParse(value);
  if (!fields.success)
    throw new InvalidInput(`${path}: expected a finding, found ${describe(value)}`);

  const event = Event.safeParse(value);
  if (event.success) return fromEvent(event.data, path, inside);
  for (const list of ['Findings', 'findings', 'Records'])
    if (Array.isArray(fields.data[list])) return inside(fields.data[list], `${path}.${list}`);
  const delivered = Delivered.safeParse(value);
  if (delivered.success) {
    const at = `${path}.${delivered.data.field}`;
    return inside(parse(delivered.data.text, at), at);
  }
  return [{ product: productOf(fields.data, path), body: fields.data, path, envelope }];
}

type Inside = (value: unknown, path: string, around?: Envelope) => (Finding | Unreadable)[];

function fromEvent(
  event: z.infer<typeof Event>,
  path: string,
  inside: Inside,
): (Finding | Unreadable)[] {
  const { 'detail-type': type, detail, account, region, time } = event;
  const envelope = { type, account, region, time };
  if (type.startsWith('GuardDuty Malware Protection'))
    throw new InvalidInput(`${path}.detail-type: "${type}" is a scan result, not a finding`);
  if (type === 'Countermand Alert')
    return [{ product: 'generic', body: detail, path: `${path}.detail`, envelope }];
  return inside(detail, `${path}.detail`, envelope);
}

/** Which product's form it has. Told by the fields that this product always writes. */
function productOf(fields: Record<string, unknown>, path: string): Finding['product'] {
  const has = (...names: string[]) => names.some((name) => name in fields);
  if (has('class_uid', 'finding_info') || (has('metadata') && has('finding'))) return 'ocsf';
  if (has('ProductArn', 'AwsAccountId', 'GeneratorId')) return 'asff';
  const guardDuty = has('service', 'Service', 'resource', 'Resource', 'severity', 'Severity');
  if (guardDuty && has('type', 'Type')) return 'guardduty';
  if (guardDuty)
    throw new InvalidInput(
      `${path}.type: expected a finding type, such as "UnauthorizedAccess:EC2/SSHBruteForce"`,
    );
  const found = Object.keys(fields).slice(0, 5).join(', ').slice(0, 100) || 'nothing';
  throw new InvalidInput(
    `${path}: expected a GuardDuty finding (type, severity, resource, service), a Security Hub finding, or an event with detail-type and detail; found ${found}`,
  );
}

function parse(text: string, path: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInput(`${path}: expected JSON: ${why}`.slice(0, 300), {}, cause);
  }
  if (levels(value) > MAX_LEVELS)
    throw new InvalidInput(`${path}: expected at most ${MAX_LEVELS} levels of nesting`);
  return value;
}

/** Level by level and without recursion: what is nested too deep would end the stack. */
function levels(value: unknown): number {
  let level = [value];
  let count = 0;
  while (level.length > 0 && count <= MAX_LEVELS) {
    count++;
    level = level.flatMap((one) => (typeof one === 'object' && one ? Object.values(one) : []));
  }
  return count;
}

const describe = (value: unknown) => (value === null ? 'null' : `a ${typeof value}`);
