// npm run bench:counts: what people receive about a list of events.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEvents } from '../../cli/events.ts';
import { counts } from '../../tools/bench/counts.ts';

const PROBE = join(import.meta.dirname, '../../local/samples/web-port-probe.json');

test('counts the messages, pages, questions, tickets and model calls of one event', async () => {
  const lines: string[] = [];
  const out = { line: (text: string) => lines.push(text), write: () => {}, progress: () => {} };
  const { counts: figures, results } = await counts(readEvents(PROBE), 0, out);
  expect(figures).toMatchObject({ tickets: 1, modelCalls: 1, requests: 2, questions: 2 });
  const { messages = 0, pages = 0, questions = 0 } = figures;
  expect(pages).toBeGreaterThanOrEqual(questions);
  expect(messages).toBeGreaterThan(pages);
  expect(results).toContainEqual(
    expect.objectContaining({ alert: expect.stringMatching(/^al-/), person: 'ana.silva' }),
  );
  expect(lines[0]).toMatch(/^events: 1, alerts: 1, incidents: 1 /);
});
