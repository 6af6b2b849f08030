// The alerts that the console offers: each a real event's shape with a story of its own.
import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';

const Sample = z.strictObject({
  title: z.string(),
  story: z.string(),
  event: z.record(z.string(), z.unknown()),
});
export type Sample = z.infer<typeof Sample> & { id: string };

const FOLDER = new URL('./samples/', import.meta.url);

/** What a newcomer should try first, in this order; the others follow by name. */
export const FIRST_SAMPLES = [
  'web-port-probe',
  'ssh-brute-force',
  'leaked-access-key',
  'injected-instructions',
];

export function loadSamples(): Sample[] {
  const ids = readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.replace('.json', ''));
  return [...new Set([...FIRST_SAMPLES, ...ids])].map((id) => ({
    id,
    ...Sample.parse(JSON.parse(readFileSync(new URL(`${id}.json`, FOLDER), 'utf8'))),
  }));
}

const INSTANT = /(?<=")\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z(?=")/g;

/** The sample as a new event: with another id, so that it is not taken for a repeat, and all its times as if sent now. */
export function freshEvent({ event }: Sample, newId: () => string, now: Date): string {
  const id = newId();
  const text = JSON.stringify(event);
  const [finding] = [
    ...text.matchAll(/"(?:id|Id|uid)":\s*"([^"]*(?:[0-9a-f]{32}|\/finding\/)[^"]*)"/g),
  ];
  const known = finding?.[1];
  const stamped = known ? text.replaceAll(known, `${known}-${id.slice(-8)}`) : text;
  const since = now.getTime() - Date.parse(String(event.time));
  return stamped.replace(INSTANT, (instant) => new Date(Date.parse(instant) + since).toISOString());
}
