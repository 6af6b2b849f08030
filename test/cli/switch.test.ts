// npm run switch: halting at once, and resuming exactly what was listed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditLaptop } from '../../cli/audit.ts';
import { Refused } from '../../cli/refused.ts';
import { setSwitch } from '../../cli/switch.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'countermand-switch-'));
});
afterEach(() => rmSync(data, { recursive: true }));

async function run(options: Parameters<typeof setSwitch>[1] = {}) {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  await setSwitch(data, options, { line, write: () => {}, progress: () => {} });
  return lines;
}
const codeIn = (lines: string[]) => / --seen ([0-9a-f]{8})$/.exec(lines.at(-1) ?? '')?.[1] ?? '';

test('halts at once, and resumes with the code of the list that shows every halt', async () => {
  expect(await run()).toEqual(['the kill switch is set to run']);
  const halted = await run({ mode: 'halt', by: 'ana.silva', why: 'attack on us' });
  expect(halted.slice(0, 2)).toEqual([
    'this command notifies no one: tell the team',
    expect.stringMatching(/^\S+Z halt by person:ana.silva: attack on us$/),
  ]);
  const resumed = { mode: 'run', by: 'mei.tanaka', why: 'fixed' } as const;
  await run({ mode: 'halt', by: 'ben.okafor', why: 'me too' });
  await expect(run({ ...resumed, seen: codeIn(halted) }), 'a halt arrived').rejects.toThrow(
    Refused,
  );
  await expect(run(resumed), 'without a code').rejects.toThrow('--seen');
  const lines = await run({ ...resumed, seen: codeIn(await run()) });
  expect(lines).toEqual([
    'ended 2 of 2 entries',
    'this command notifies no one: tell the team',
    expect.stringMatching(/^the kill switch is set to run since \S+ by person:mei.tanaka: fixed$/),
  ]);
});

test('refuses a person whose role may not resume, and a person who is not in policy', async () => {
  const seen = codeIn(await run({ mode: 'halt', by: 'ana.silva', why: 'stop' }));
  for (const by of ['ana.silva', 'mallory', ''])
    await expect(run({ mode: 'run', by, why: 'x', seen })).rejects.toThrow(
      '--by must be a person who may resume: mei.tanaka',
    );
  await expect(run({ mode: 'halt', by: 'mallory', why: 'x' })).rejects.toThrow('who may halt');
});

test('sets the switch to ask from run as a halt, and from halt as a resumption', async () => {
  expect((await run({ mode: 'ask', by: 'ana.silva', why: 'careful' })).at(-2)).toMatch(/ask since/);
  const halted = await run({ mode: 'halt', by: 'ana.silva', why: 'stop' });
  const lines = await run({ mode: 'ask', by: 'mei.tanaka', why: 'slowly', seen: codeIn(halted) });
  expect(lines.at(-2)).toMatch(
    /^the kill switch is set to ask since \S+ by person:mei.tanaka: slowly$/,
  );
});

test('leaves copies and a digest of each halt and resumption, so that the audit finds no fault', async () => {
  const halted = await run({ mode: 'halt', by: 'ana.silva', why: 'stop' });
  await run({ mode: 'run', by: 'mei.tanaka', why: 'fixed', seen: codeIn(halted) });
  const out = { line: () => {}, write: () => {}, progress: () => {} };
  expect(await auditLaptop(data, {}, out)).toMatchObject({ exitCode: 0 });
});

test('dates a halt by the time of the demo, after "Next hour" moved it ahead', async () => {
  writeFileSync(join(data, 'clock.json'), String(5 * 3_600_000));
  const [, entry = ''] = await run({ mode: 'halt', by: 'ana.silva', why: 'attack on us' });
  const ahead = Date.parse(entry.split(' ')[0] ?? '') - Date.now();
  expect(ahead).toBeGreaterThan(4.9 * 3_600_000);
  expect(
    await auditLaptop(data, {}, { line: () => {}, write: () => {}, progress: () => {} }),
  ).toMatchObject({ counts: { faulty: 0 } });
});
