// What leaves Countermand, with hostile text in the strings of each sample.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explain } from '../../cli/explain.ts';
import { outputTo } from '../../cli/output.ts';
import { replay } from '../../cli/replay.ts';
import { normalise } from '../../functions/sources/normalise.ts';
import { unwrap } from '../../functions/sources/unwrap.ts';
import { loadSamples } from '../../local/samples.ts';
import { type Site, startSite } from '../browser/site.ts';
import { HOSTILE, UNSAFE } from '../fixtures/hostile.ts';

type Leaf = { of: Record<string, unknown>; key: string };
const leavesIn = (value: unknown): Leaf[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) =>
        typeof inner === 'string'
          ? [{ of: value as Record<string, unknown>, key }]
          : leavesIn(inner),
      )
    : [];

/** Whether intake reads the event as one active finding with the same number of entities. */
function reads(event: unknown): boolean {
  try {
    return unwrap(JSON.stringify(event)).every((part) => {
      if ('error' in part) return false;
      const { state, severity } = normalise(part);
      return state === 'active' && severity.label !== 'informational';
    });
  } catch {
    return false;
  }
}

/** The event with hostile text after every string that stays readable with it, and that `isChosen`. */
function poisoned(event: unknown, isChosen: () => boolean): unknown {
  const copy = structuredClone(event);
  for (const { of, key } of leavesIn(copy)) {
    const before = of[key];
    of[key] = isChosen() ? `${before}${HOSTILE}` : before;
    if (!reads(copy)) of[key] = before;
  }
  return copy;
}

/** Every text that people or other systems got. */
async function leaving({ world, url }: Site): Promise<string[]> {
  const messages = world.runtime.inbox().map(({ message }) => message);
  const linked = messages.flatMap(({ links }) => links.map((link) => link.url));
  const pages = [`${url}/`, `${url}/shadow`, ...new Set(linked)];
  return [
    ...messages.flatMap(({ subject, paragraphs, facts, steps, links }) => [
      subject,
      ...paragraphs,
      ...facts.flatMap(({ label, value }) => [label, value]),
      ...steps.flatMap(({ title, lines }) => [title, ...lines]),
      ...links.map(({ label }) => label),
    ]),
    ...world.runtime
      .tickets()
      .flatMap((ticket) => leavesIn(ticket).map(({ of, key }) => `${of[key]}`)),
    ...world.runtime.rejected().map(({ reason }) => reason),
    ...(await Promise.all(pages.map(async (page) => (await fetch(page)).text()))).map(withoutLinks),
  ];
}

/** Pages show what was pasted into a form as it was. Browsers make no links of text. */
const withoutLinks = (page: string): string => page.replaceAll('://', '').replaceAll('www.', '');

test('removes escapes, invisible characters and live links of an alert from everything that leaves', async () => {
  const samples = loadSamples();
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.boolean()), async (choices) => {
      const isChosen = () => choices.next().value === true;
      const events = samples.map(({ event }) => poisoned(event, isChosen));
      const site = await startSite();
      try {
        for (const event of [...events, { source: HOSTILE, 'detail-type': HOSTILE }])
          await site.world.deliver(event);
        const texts = await leaving(site);
        expect(texts.length).toBeGreaterThan(100);
        for (const text of texts) expect(text).not.toMatch(UNSAFE);
      } finally {
        await site.stop();
      }
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 1) },
  );
}, 240_000);

test.each([
  ['explain', explain],
  ['replay', (...[events, , out]: Parameters<typeof explain>) => replay(events, out)],
] as const)('%s prints no escape, invisible character or live link of an alert', async (_, run) => {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) };
  const events = loadSamples()
    .slice(0, 4)
    .map(({ id, event }) => ({
      name: `${id}${HOSTILE}`,
      body: JSON.stringify(poisoned(event, () => true)),
    }));
  await run(events, 'local', outputTo({ json: false }, { stdout: stream, stderr: stream }));
  expect(written.join('').length).toBeGreaterThan(100);
  for (const text of written) expect(text).not.toMatch(UNSAFE);
});
