// Tests the gate of the evaluation, recorded answers, statistics and report.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Answer, readAnswers, requestHash, writeAnswer } from '../../tools/eval/answers.ts';
import { type Baseline, baselineOf, compare, readBaseline } from '../../tools/eval/baseline.ts';
import { readCases, type Situation } from '../../tools/eval/cases.ts';
import { evaluate } from '../../tools/eval/main.ts';
import { asking } from '../../tools/eval/models.ts';
import { reportOf } from '../../tools/eval/report.ts';
import {
  isByCode,
  type Requests,
  type Run,
  runByCode,
  runRecorded,
  settings,
  WITHOUT_KEY,
} from '../../tools/eval/run.ts';
import { mcNemar, shown, wilson } from '../../tools/eval/statistics.ts';

const { situations } = readCases();
const one = situations.find(({ id }) => id === '01-stolen-build-key') as Situation;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countermand-eval-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const lines: string[] = [];
const out = { line: (text: string) => lines.push(text), write: () => {}, progress: () => {} };
const command = async (...args: Parameters<typeof evaluate>) => {
  lines.length = 0;
  const { exitCode } = await evaluate(...args);
  return { exitCode, text: lines.join('\n') };
};

let runs: Run[];
let requests: Requests;
let baseline: Baseline;
beforeAll(async () => {
  const found = await runRecorded(situations, readAnswers());
  requests = found.requests;
  runs = [found.run];
  for (const name of WITHOUT_KEY.filter(isByCode)) runs.push(await runByCode(name, situations));
  baseline = readBaseline() as Baseline;
}, 60_000);

describe('the gate', () => {
  test('passes: prompt, schema, dossier, model and playbook are those of evals/baseline.json', () => {
    const { reasons } = compare(runs, requests, baseline);
    expect(reasons, 'npm run eval -- --against explains it').toEqual([]);
  });

  const worse = (id: string, fault: string) => {
    const [run] = runs.filter(({ name }) => name === 'playbook');
    const results = (run as Run).results.map((result) =>
      result.situation.id === id
        ? {
            ...result,
            score: { ...result.score, faults: [...result.score.faults, fault as never] },
          }
        : result,
    );
    return compare([{ ...(run as Run), results }], requests, baseline).reasons;
  };

  test('fails for one more missed containment, and names the case', () => {
    expect(worse('26-mass-read-with-a-stolen-key', 'system:missed')).toEqual([
      'playbook: system:missed in 1 more: 26-mass-read-with-a-stolen-key',
    ]);
  });

  test('fails for one more page without need by the playbook, whose answers do not vary', () => {
    expect(worse('41-mining-by-research', 'system:overpaged')).toEqual([
      'playbook: system:overpaged in 1 more: 41-mining-by-research',
    ]);
  });

  test('fails when the instructions of the model changed and no answer measures them', () => {
    const hashes = new Map([...requests.hashes].map(([id]) => [id, requestHash('another prompt')]));
    const [reason] = compare(runs, { ...requests, hashes }, baseline).reasons;
    expect(reason).toContain(`changed in ${situations.length} cases and was not measured`);
  });

  test('fails for a recorded answer that no case asks any more', () => {
    const stale = [{ ...standIn('a'), hash: 'f'.repeat(64) }];
    expect(compare(runs, { ...requests, stale }, baseline).reasons).toEqual([
      expect.stringContaining('stale: the recorded answer ffff'),
    ]);
  });

  test('fails for a case that the baseline does not know', () => {
    const { '01-stolen-build-key': _, ...playbook } = baseline.results.playbook ?? {};
    const before = { ...baseline, results: { ...baseline.results, playbook } };
    expect(compare(runs, requests, before).reasons).toEqual([
      'playbook: cases that are not in the baseline: 1',
    ]);
  });
});

const reply = (text: object) => ({
  model: 'a-model',
  stop_reason: 'end_turn',
  content: [{ type: 'text', text: JSON.stringify(text) }],
});
const standIn = (hash: string): Answer => ({
  kind: 'stand-in',
  hash,
  situation: one.id,
  promptVersion: '0123456789ab',
  author: 'a test',
  message: reply({}),
});

describe('a run of one family', () => {
  test('takes no recorded answer about another family as stale', async () => {
    const answers = mkdtempSync(join(tmpdir(), 'answers-'));
    writeAnswer(answers, standIn('e'.repeat(64)));
    expect((await command({ answers, family: 'posture' }, out)).exitCode).toBe(0);
    expect((await command({ answers, family: 'iam-key' }, out)).text).toContain('stale');
  });

  test('writes no baseline', async () => {
    const baseline = join(folder, 'part.json');
    await expect(command({ baseline, family: 'posture' }, out)).rejects.toThrow(/every case/);
    expect(existsSync(baseline)).toBe(false);
  });
});

describe('recorded answers', () => {
  test('that do not exist measure nothing, and the command fails', async () => {
    const options = { provider: ['recorded'], answers: join(folder, 'none'), family: 'posture' };
    const { exitCode, text } = await command(options, out);
    expect(exitCode).toBe(1);
    expect(text).toContain('recorded: nothing measured');
    expect(text).not.toContain('passes');
  });

  const silent = { verdict: 'benign', summary: 'Nothing to see.', recommendations: [] };

  test('of a model are evaluated with its own evidence, and a stand-in is called one', async () => {
    const hash = requests.hashes.get(one.id) as string;
    const answer = { ...standIn(hash), message: reply(silent) } as Answer;
    const { run } = await runRecorded([one], new Map([[hash, answer]]));
    expect(run.results[0]?.assessment).toMatchObject({ verdict: 'benign', failure: null });
    expect(run.basis).toBe('1 of 1 cases; 0 answers of a model, 1 stand-ins written by a person');
  });

  test('need the request ID and the usage of the provider to count as measured', () => {
    const measured = {
      ...standIn('a'.repeat(64)),
      kind: 'measured',
      provider: 'anthropic',
      recordedAt: '2026-11-30T08:00:00.000Z',
      latencyMs: 900,
      requestId: 'req_0123456789',
      message: { ...reply(silent), usage: { input_tokens: 900, output_tokens: 90 } },
    };
    const { author: _, ...valid } = measured as typeof measured & { author: string };
    expect(Answer.safeParse(valid).success).toBe(true);
    const { requestId: __, ...anonymous } = valid;
    expect(Answer.safeParse(anonymous).success).toBe(false);
    expect(Answer.safeParse({ ...valid, message: reply(silent) }).success).toBe(false);
  });

  test('are written by a run with a key, and answer exactly the same request', async () => {
    const create = () => ({
      withResponse: async () => ({
        data: { ...reply(silent), usage: { input_tokens: 900, output_tokens: 90 } },
        response: { headers: new Headers({ 'request-id': 'req_0123456789' }) },
      }),
    });
    const client = { messages: { create }, withOptions: () => client };
    const analyst = asking(settings(), {
      provider: 'anthropic',
      client: client as never,
      situation: () => one.id,
      now: () => new Date(0),
      record: (answer) => writeAnswer(folder, answer),
    });
    const { evaluateAll } = await import('../../tools/eval/evaluate.ts');
    const [result] = await evaluateAll([one], analyst);
    expect(result?.assessment.record?.requestId).toBe('req_0123456789');
    const answers = readAnswers(folder);
    expect([...answers.keys()]).toEqual([requests.hashes.get(one.id)]);
    const { run } = await runRecorded([one], answers);
    expect(run.basis).toContain('1 answers of a model, 0 stand-ins');
  });
});

test('gives intervals of Wilson, and says what zero events allow', () => {
  expect(wilson({ events: 0, of: 60 })?.[1]).toBeCloseTo(0.06, 3);
  expect(wilson({ events: 35, of: 35 })?.[0]).toBeGreaterThan(0.9);
  expect(wilson({ events: 381, of: 381 })?.[0]).toBeGreaterThanOrEqual(0.99);
  expect(shown({ events: 0, of: 0 })).toBe('no case');
  expect(mcNemar(0, 0)).toBe(1);
  expect(mcNemar(6, 0)).toBeCloseTo(0.031, 3);
});

test('writes a page without script, whose text of cases is escaped', () => {
  const [run] = runs.filter(({ name }) => name === 'playbook');
  const hostile = (run as Run).results.map((result) => ({
    ...result,
    situation: { ...result.situation, title: '<img src=x onerror=alert(1)>' },
  }));
  const page = reportOf({
    runs: [{ ...(run as Run), results: hostile }],
    requests,
    compared: null,
    before: null,
    promptVersion: '0123456789ab',
  });
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script|<img| style=/);
  expect(page).toContain('&lt;img src=x');
  expect(page).toContain('<svg');
});

test('writes a baseline that the same results pass', async () => {
  const file = join(folder, 'baseline.json');
  writeFileSync(file, JSON.stringify(baselineOf(runs, requests)));
  const { exitCode, text } = await command({ against: file, family: 'posture' }, out);
  expect(text).toContain('The gate passes');
  expect(exitCode).toBe(0);
  expect(JSON.parse(readFileSync(file, 'utf8')).results.playbook).toBeDefined();
});
