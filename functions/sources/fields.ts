// Lenient schema parts for events: an unexpected value becomes null.
import * as z from 'zod/mini';
import type { Alert } from '../domain/alert.ts';
import '../domain/english.ts';
import { InvalidInput } from '../domain/errors.ts';

/**
 * The value, or null if it is missing or of another type: one bad field must not lose the alert. `z.catch` does the
 * same, and adds 7 KB to the bundle.
 */
export const opt = <S extends z.ZodMiniType>(schema: S) =>
  z.pipe(
    z._default(z.unknown(), null),
    z.transform((value): z.output<S> | null | undefined => schema.safeParse(value).data ?? null),
  );
export const text = opt(z.pipe(z.union([z.string(), z.number()]), z.transform(String)));
export const number = opt(
  z.union([z.number(), z.pipe(z.string().check(z.regex(/^-?\d+(\.\d+)?$/)), z.transform(Number))]),
);
export const bool = opt(
  z.union([
    z.boolean(),
    z.pipe(
      z.enum(['true', 'false']),
      z.transform((value) => value === 'true'),
    ),
  ]),
);
/** A list without its invalid members. */
export const list = <S extends z.ZodMiniType>(schema: S) =>
  z.pipe(
    opt(z.array(opt(schema))),
    z.transform((all) =>
      (all ?? []).flatMap((one, index) =>
        one === null ? [] : [{ one: one as z.infer<S>, index }],
      ),
    ),
  );

/** Parses a finding of a product. Throws InvalidInput that names every invalid field. */
export function readAs<S extends z.ZodMiniType>(
  schema: S,
  finding: unknown,
  path: string,
): z.infer<S> {
  const parsed = schema.safeParse(finding);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(`${path}: ${z.prettifyError(parsed.error)}`.slice(0, 500));
}

/**
 * Numbers up to this are seconds, larger ones milliseconds: it means the year 5138 in seconds and 1973 in milliseconds.
 */
const LARGEST_SECONDS = 1e11;
const NUMERIC = /^\d{9,16}$/;
/** `2025-02-25 20:40:06.765000000`: the times of products, with or without a zone. */
const WRITTEN =
  /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,3})?\d*([zZ]|[+-]\d{2}:?\d{2})?$/;

/**
 * The time in ISO 8601 UTC; null if it can't be parsed. Accepts seconds, milliseconds and the formats of all products.
 */
export function parseInstant(value: string | number | null | undefined): string | null {
  if (value === null || value === undefined) return null;
  const date = new Date(
    typeof value === 'number' || NUMERIC.test(value) ? milliseconds(Number(value)) : zoned(value),
  );
  const year = date.getUTCFullYear();
  return year >= 1970 && year <= 9999 ? date.toISOString() : null;
}

const milliseconds = (value: number) => (value < LARGEST_SECONDS ? value * 1000 : value);

/** AWS omits the zone for UTC. Fractions beyond milliseconds are dropped. */
function zoned(value: string): string {
  const [, day, clock, fraction = '', zone = 'Z'] = WRITTEN.exec(value.trim()) ?? [];
  return day ? `${day}T${clock}${fraction}${zone}` : 'not a time';
}

/** `Tue, 24 Nov 2026 02:50:00 GMT` (AWS Health) and `Tue Nov 24 02:00:00.000 UTC 2026` (Inspector). */
const WITH_MONTH_NAME =
  /^\w{3}(?:, \d{2} \w{3} \d{4} [\d:]{8} GMT| \w{3} \d{2} [\d:]{8}(?:\.\d{1,3})? UTC \d{4})$/;

/**
 * Converts a time with an English month name to ISO 8601 UTC and returns any other value unchanged. Date.parse alone
 * accepts too much.
 */
export function withMonthNumber<T extends string | null | undefined>(value: T): T | string {
  const time = value && WITH_MONTH_NAME.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? value : new Date(time).toISOString();
}

type Severity = Alert['severity'];

/** Label by score. @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
export function severityOf(score: number): Severity {
  const bounded = Math.min(10, Math.max(0, score));
  const label =
    bounded >= 9
      ? 'critical'
      : bounded >= 7
        ? 'high'
        : bounded >= 4
          ? 'medium'
          : bounded >= 1
            ? 'low'
            : 'informational';
  return { score: bounded, label };
}

const LABEL_SCORES: Readonly<Record<string, number>> = {
  INFORMATIONAL: 0,
  LOW: 2,
  MEDIUM: 5,
  HIGH: 8,
  CRITICAL: 9.5,
};

/** The severity for a product's label; null for an unknown label. */
export function severityFromLabel(label: string | null | undefined): Severity | null {
  const score = LABEL_SCORES[label?.toUpperCase() ?? ''];
  return score === undefined ? null : severityOf(score);
}

export const unknownTraffic: Alert['traffic'] = {
  layer: 'unknown',
  direction: 'unknown',
  localPort: null,
  protocol: null,
};

const WEB_PORTS: readonly number[] = [80, 443, 8080, 8443];

/** Ports of web servers get a web rule, all others a network rule. */
export const layerOfPort = (port: number | null | undefined): Alert['traffic']['layer'] =>
  port !== null && port !== undefined && WEB_PORTS.includes(port) ? 'web' : 'network';

/** Several ports count as web traffic only if all are web ports: a web rule would not protect the others. */
export function layerOfPorts(ports: readonly (number | null)[]): {
  layer: Alert['traffic']['layer'];
  port: number | null;
} {
  const other = ports.find((port) => layerOfPort(port) === 'network');
  const port = (other === undefined ? ports[0] : other) ?? null;
  return { layer: layerOfPort(port), port };
}

export const directionOf = (value: string | null | undefined): Alert['traffic']['direction'] => {
  const lower = value?.toLowerCase() ?? '';
  if (lower.startsWith('in')) return 'inbound';
  return lower.startsWith('out') ? 'outbound' : 'unknown';
};

export const portOf = (port: number | null | undefined): number | null =>
  port !== null && port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535
    ? port
    : null;

/**
 * GuardDuty's own type name, from the forms in which Security Hub writes it; null for types of other products.
 *
 * @example guardDutyType('TTPs/Discovery/Recon:IAMUser-UserPermissions') // 'Recon:IAMUser/UserPermissions'
 */
export function guardDutyType(types: readonly string[]): string | null {
  for (const type of types) {
    const [, purpose, resource, rest] =
      /(?:^|\/)([A-Za-z]+):([A-Za-z0-9]+)[-./]([^/]+)$/.exec(type) ?? [];
    if (purpose && resource && rest) return `${purpose}:${resource}/${rest}`;
  }
  return null;
}
