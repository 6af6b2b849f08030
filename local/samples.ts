// The alerts that the console offers: each a real event's shape with a story of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const Sample = z.strictObject({
  title: z.string(),
  story: z.string(),
  event: z.record(z.string(), z.unknown()),
});
export type Sample = z.infer<typeof Sample> & { id: string };

const FOLDER = new URL('./samples/', import.meta.url);

export const loadSamples = (): Sample[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      id: name.replace('.json', ''),
      ...Sample.parse(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))),
    }));

/** The sample as a new event: another id and another time, so that it is not taken for a repeat. */
export function freshEvent({ event }: Sample, newId: () => string, now: Date): string {
  const id = newId();
  const text = JSON.stringify(event);
  const [finding] = [
    ...text.matchAll(/"(?:id|Id|uid)":\s*"([^"]*(?:[0-9a-f]{32}|\/finding\/)[^"]*)"/g),
  ];
  const known = finding?.[1];
  const stamped = known ? text.replaceAll(known, `${known}-${id.slice(-8)}`) : text;
  return stamped.replace(/"time":\s*"[^"]*"/, `"time":"${now.toISOString()}"`);
}
