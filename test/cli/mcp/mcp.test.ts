// The MCP server: its protocol, its tools over the API, and what it refuses.
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { apiFrom, type ReadApi } from '../../../cli/mcp/client.ts';
import { answererOver } from '../../../cli/mcp/protocol.ts';
import { serveLines } from '../../../cli/mcp/serve.ts';
import { type Site, startSite } from '../../browser/site.ts';
import { sample } from '../../flow/world.ts';

const ask = async (method: string, params: object = {}, read: ReadApi = nothing) => {
  const line = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  return JSON.parse((await answererOver(read, '1.0.0')(line)) ?? 'null');
};
const nothing: ReadApi = async (path) => ({ ok: true, text: path });
const call = (name: string, given: object, read?: ReadApi) =>
  ask('tools/call', { name, arguments: given }, read);

describe('the protocol', () => {
  test('agrees on the version of the client if it knows it, and otherwise offers its newest', async () => {
    const versionFor = async (protocolVersion: string) =>
      (await ask('initialize', { protocolVersion })).result.protocolVersion;
    expect(await versionFor('2024-11-05')).toBe('2024-11-05');
    expect(await versionFor('2099-01-01')).toBe('2025-06-18');
  });

  test('answers requests in order, and neither notifications nor empty lines', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const slowFirst: ReadApi = async (path) => {
      if (path.includes('effects')) await new Promise(setImmediate);
      return { ok: true, text: path };
    };
    const served = serveLines(answererOver(slowFirst, '1.0.0'), input, output);
    const request = (id: number, name: string) =>
      JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name } });
    input.end(
      [
        JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
        '',
        request(1, 'list_effects'),
        request(2, 'list_incidents'),
        'not JSON',
      ].join('\n'),
    );
    expect(await served).toMatchObject({ exitCode: 0 });
    output.end();
    const answers = (await text(output))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ id, error }) => [id, error?.code])).toEqual([
      [1, undefined],
      [2, undefined],
      [null, -32700],
    ]);
  });

  test('refuses unknown methods, tools and arguments, and reads nothing for them', async () => {
    const paths: string[] = [];
    const read: ReadApi = async (path) => {
      paths.push(path);
      return { ok: true, text: '' };
    };
    expect((await ask('tools/write', {}, read)).error.code).toBe(-32601);
    for (const [name, given] of [
      ['halt', {}],
      ['read_incident', { id: '../halt' }],
      ['read_incident', {}],
      ['list_incidents', { severities: 'high' }],
    ] as const)
      expect((await call(name, given, read)).error.code).toBe(-32602);
    expect(paths).toEqual([]);
  });

  test('lists tools that all say that they only read', async () => {
    const { tools } = (await ask('tools/list')).result;
    expect(tools.map(({ name }: { name: string }) => name)).toEqual([
      'list_incidents',
      'read_incident',
      'read_report',
      'list_effects',
    ]);
    for (const { annotations, inputSchema } of tools) {
      expect(annotations.readOnlyHint).toBe(true);
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    }
  });
});

describe('over the API of npm start', () => {
  let site: Site;
  beforeEach(async () => {
    site = await startSite();
  });
  afterEach(() => site.stop());

  test('a model lists incidents, reads one with its report, and lists the changes in force', async () => {
    await site.world.deliver(sample('web-port-probe'));
    await site.world.runtime.tick();
    const read = apiFrom({ COUNTERMAND_URL: site.url });
    const said = async (name: string, given: object = {}) => {
      const { content, isError } = (await call(name, given, read)).result;
      expect([name, isError]).toEqual([name, false]);
      return JSON.parse(content[0].text);
    };
    const { incidents } = await said('list_incidents', { view: 'waiting' });
    expect(incidents).toHaveLength(1);
    const [{ incidentId: id }] = incidents;
    expect((await said('read_incident', { id })).actions.length).toBeGreaterThan(1);
    expect((await said('read_report', { id })).sections.length).toBeGreaterThan(3);
    expect((await said('list_effects')).effects.length).toBeGreaterThan(0);
    const none = await call('read_incident', { id: 'inc-ffffffffffffffff' }, read);
    expect(none.result).toMatchObject({ isError: true });
    expect(none.result.content[0].text).toContain('noIncident');
  });
});

describe('the connection', () => {
  test('sends the token to its host only, and follows no redirect', async () => {
    const sent: { url: string; init: RequestInit | undefined }[] = [];
    const send: typeof fetch = async (url, init) => {
      sent.push({ url: String(url), init });
      return new Response('{}');
    };
    const env = { COUNTERMAND_URL: 'https://x.example', COUNTERMAND_TOKEN: 'a.b' };
    await apiFrom(env, send)('/api/effects');
    expect(sent).toMatchObject([
      {
        url: 'https://x.example/api/effects',
        init: { redirect: 'error', headers: { Authorization: 'Bearer a.b' } },
      },
    ]);
  });

  test('is refused without encryption, except on this machine', () => {
    expect(() => apiFrom({ COUNTERMAND_URL: 'http://x.example' })).toThrow('https://');
    expect(() => apiFrom({ COUNTERMAND_URL: 'x' })).toThrow('not a URL');
    expect(() => apiFrom({ COUNTERMAND_URL: 'http://localhost:8420' })).not.toThrow();
  });

  test('says so when nothing answers', async () => {
    const send: typeof fetch = async () => {
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
      });
    };
    expect((await call('list_effects', {}, apiFrom({}, send))).result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('did not answer (ECONNREFUSED). Check that') }],
    });
  });
});
