// The sample alerts that the console offers.
import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { withMonthNumber } from '../functions/sources/fields.ts';

const Sample = z.strictObject({
  title: z.string(),
  story: z.string(),
  event: z.record(z.string(), z.unknown()),
});
export type Sample = z.infer<typeof Sample> & { id: string };

const ROOT = resolve(import.meta.dirname, '..');
/** General samples, and the samples of each source. */
const FILES = ['local/samples/*.json', 'functions/sources/*/samples/*.json'];

/** The samples that come first, in this order. The others follow by name. */
export const FIRST_SAMPLES = [
  'web-port-probe',
  'ssh-brute-force',
  'leaked-access-key',
  'injected-instructions',
];

export function loadSamples(): Sample[] {
  const samples = globSync(FILES, { cwd: ROOT }).map((path) => ({
    id: basename(path, '.json'),
    ...Sample.parse(JSON.parse(readFileSync(join(ROOT, path), 'utf8'))),
  }));
  const rank = ({ id }: Sample) => FIRST_SAMPLES.indexOf(id) + 1 || FIRST_SAMPLES.length + 1;
  return samples.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
}

/** The time formats of events. */
const TIMES: readonly { pattern: RegExp; write: (time: Date) => string }[] = [
  {
    pattern: /(?<=")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?=")/g,
    write: (time) => time.toISOString(),
  },
  {
    pattern: /(?<=")\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT(?=")/g,
    write: (time) => time.toUTCString(),
  },
  {
    pattern: /(?<=")\w{3} \w{3} \d\d \d\d:\d\d:\d\d\.\d{3} UTC \d{4}(?=")/g,
    write: (time) => {
      const [weekday, day, month, year, clock] = time.toUTCString().split(/,? /);
      return `${weekday} ${month} ${day} ${clock}.000 UTC ${year}`;
    },
  },
  // OCSF has milliseconds since 1970.
  { pattern: /(?<=":)1\d{12}(?=[,}])/g, write: (time) => String(time.getTime()) },
];

const instantOf = (time: string): number =>
  /^\d+$/.test(time) ? Number(time) : Date.parse(withMonthNumber(time));

/** 32 hexadecimal digits, a UUID, or an ARN of a finding or an event. */
const FINDING_ID =
  /"(?:id|Id|uid|eventArn|findingArn)":\s*"([^"]*(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[/:](?:finding|event)\/)[^"]*)"/;

/** The sample as a new event: with a new ID, so that intake doesn't treat it as a repeat, and with current times. */
export function freshEvent({ event }: Sample, newId: () => string, now: Date): string {
  const id = newId();
  const text = JSON.stringify(event);
  const known = FINDING_ID.exec(JSON.stringify(event.detail ?? event))?.[1];
  const stamped = known ? text.replaceAll(known, `${known}-${id.slice(-8)}`) : text;
  return withCurrentTimes(stamped, event, now);
}

/** The text of a sample's event, with all times moved so that it was sent now. */
export function withCurrentTimes(text: string, event: Sample['event'], now: Date): string {
  const since = now.getTime() - Date.parse(String(event.time));
  if (Number.isNaN(since)) return text;
  return TIMES.reduce(
    (text, { pattern, write }) =>
      text.replace(pattern, (time) => write(new Date(instantOf(time) + since))),
    text,
  );
}
