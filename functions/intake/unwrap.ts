// From a delivered body to findings: EventBridge, SNS and API wrappings come off, and each finding's product is told.
import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';

/** One finding as it was delivered, with where in the body it stands and what the envelope said. */
export type Finding = {
  product: 'guardduty' | 'asff' | 'ocsf' | 'generic';
  body: Record<string, unknown>;
  /** JSONPath of the finding in the body. */
  path: string;
  envelope: {
    account?: string | undefined;
    region?: string | undefined;
    time?: string | undefined;
  };
};

const Fields = z.record(z.string(), z.unknown());
const Envelope = z.looseObject({
  'detail-type': z.string(),
  detail: Fields,
  account: z.string().optional().catch(undefined),
  region: z.string().optional().catch(undefined),
  time: z.string().optional().catch(undefined),
});
const SnsRecord = z.looseObject({ Sns: z.looseObject({ Message: z.string() }) });

/** SNS in EventBridge in a list is three; a body that is nested deeper was made to waste our time. */
const MAX_DEPTH = 5;

/** The findings in a body. Throws InvalidInput, naming the field and what was expected there. */
export function unwrap(body: string): Finding[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInput(`the body is not JSON: ${why}`.slice(0, 300), {}, cause);
  }
  return findings(parsed, '$', {}, 0);
}

function findings(
  value: unknown,
  path: string,
  envelope: Finding['envelope'],
  depth: number,
): Finding[] {
  if (depth > MAX_DEPTH) throw new InvalidInput(`${path}: wrapped more than ${MAX_DEPTH} times`);
  const inside = (inner: unknown, at: string, around = envelope) =>
    findings(inner, at, around, depth + 1);
  if (Array.isArray(value)) {
    if (value.length === 0)
      throw new InvalidInput(`${path}: expected at least one finding, found an empty list`);
    return value.flatMap((one, i) => inside(one, `${path}[${i}]`));
  }
  const fields = Fields.safeParse(value);
  if (!fields.success)
    throw new InvalidInput(`${path}: expected a finding, found ${describe(value)}`);

  const event = Envelope.safeParse(value);
  if (event.success) return fromEvent(event.data, path, inside);
  for (const list of ['Findings', 'findings'])
    if (Array.isArray(fields.data[list])) return inside(fields.data[list], `${path}.${list}`);
  const records = z.array(SnsRecord).min(1).safeParse(fields.data.Records);
  if (records.success)
    return records.data.flatMap(({ Sns }, i) => {
      const at = `${path}.Records[${i}].Sns.Message`;
      return inside(parseMessage(Sns.Message, at), at);
    });
  return [{ product: productOf(fields.data, path), body: fields.data, path, envelope }];
}

function parseMessage(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidInput(`${path}: expected JSON`, {}, cause);
  }
}

type Inside = (value: unknown, path: string, around?: Finding['envelope']) => Finding[];

function fromEvent(event: z.infer<typeof Envelope>, path: string, inside: Inside): Finding[] {
  const { detail, account, region, time } = event;
  const around = { account, region, time };
  const type = event['detail-type'];
  if (type.startsWith('GuardDuty Malware Protection'))
    throw new InvalidInput(`${path}.detail-type: "${type}" is a scan result, not a finding`);
  if (type === 'Countermand Alert')
    return [{ product: 'generic', body: detail, path: `${path}.detail`, envelope: around }];
  return inside(detail, `${path}.detail`, around);
}

/** Which product's form it has. Told by the fields that this product always writes. */
function productOf(fields: Record<string, unknown>, path: string): Finding['product'] {
  const has = (...names: string[]) => names.some((name) => name in fields);
  if (has('class_uid', 'finding_info') || (has('metadata') && has('finding'))) return 'ocsf';
  if (has('ProductArn', 'AwsAccountId', 'GeneratorId')) return 'asff';
  if (
    has('type', 'Type') &&
    has('service', 'Service', 'resource', 'Resource', 'severity', 'Severity')
  )
    return 'guardduty';
  const found = Object.keys(fields).slice(0, 5).join(', ') || 'nothing';
  throw new InvalidInput(
    `${path}: expected a GuardDuty finding (type, severity, resource, service), a Security Hub finding, or an event with detail-type; found ${found}`.slice(
      0,
      400,
    ),
  );
}

const describe = (value: unknown) => (value === null ? 'null' : `a ${typeof value}`);
