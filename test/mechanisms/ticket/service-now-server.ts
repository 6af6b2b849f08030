// A loopback ServiceNow instance, as strict as the real Table API.
import * as z from 'zod/mini';
import { type Answer, raw, startLoopback } from '../../fixtures/loopback.ts';
import { answerWithBasicAuth } from './basic-auth.ts';

export type Row = {
  sys_id: string;
  number: string;
  short_description: string;
  description: string;
  correlation_id: string;
  urgency: string;
  state: string;
  close_code: string;
  close_notes: string;
};

const New = z.strictObject({
  short_description: z.string().check(z.minLength(1), z.maxLength(160)),
  description: z.string().check(z.maxLength(4000)),
  correlation_id: z.string().check(z.maxLength(100)),
  correlation_display: z.string().check(z.maxLength(100)),
  impact: z.enum(['1', '2', '3']),
  urgency: z.enum(['1', '2', '3']),
});
const Edited = z.pick(New, {
  short_description: true,
  description: true,
  impact: true,
  urgency: true,
});
const Change = z.strictObject({
  state: z.enum(['1', '2', '3', '6', '7', '8']),
  close_code: z.string(),
  close_notes: z.string(),
});
const CLOSE_CODES = ['Solution provided', 'Duplicate', 'No resolution provided'];
const QUERY =
  /^correlation_id=([\w-]+)\^stateNOT IN([\d,]+)\^ORDERBYsys_created_on\^ORDERBYnumber$/;

export type ServiceNowServer = Awaited<ReturnType<typeof startServiceNow>>;

export async function startServiceNow({ user, password }: { user: string; password: string }) {
  const server = await startLoopback();
  const state = { rows: [] as Row[], count: 0 };
  const json = (status: number, body: unknown) => raw(status, JSON.stringify(body));
  const failure = (status: number, message: string, detail: string) =>
    json(status, { error: { message, detail }, status: 'failure' });
  const shown = ({ sys_id, number }: Row) => ({ sys_id, number });

  function answerTo(method: string, url: URL, body: unknown): Answer {
    const [, id] = /^\/api\/now\/table\/incident(?:\/(\w+))?$/.exec(url.pathname) ?? [];
    if (method === 'GET' && !id) {
      const query = url.searchParams.get('sysparm_query') ?? '';
      const [, correlation, states = ''] = QUERY.exec(query) ?? [];
      const found = state.rows.filter(
        (row) => row.correlation_id === correlation && !states.split(',').includes(row.state),
      );
      return json(200, { result: found.map(shown) });
    }
    if (method === 'POST') {
      const parsed = New.safeParse(body);
      if (!parsed.success) return failure(400, 'Bad Request', z.prettifyError(parsed.error));
      const { short_description, description, correlation_id, urgency } = parsed.data;
      const n = ++state.count;
      const row: Row = {
        sys_id: n.toString(16).padStart(32, '0'),
        number: `INC${String(n).padStart(7, '0')}`,
        ...{ short_description, description, correlation_id, urgency },
        ...{ state: '1', close_code: '', close_notes: '' },
      };
      state.rows.push(row);
      return json(201, { result: shown(row) });
    }
    const row = state.rows.find(({ sys_id }) => sys_id === id);
    if (!row) return failure(404, 'No Record found', 'Record doesn’t exist or ACL restricts it');
    const edited = Edited.safeParse(body);
    if (edited.success) {
      Object.assign(row, edited.data);
      return json(200, { result: shown(row) });
    }
    const change = Change.safeParse(body);
    if (
      !change.success ||
      !change.data.close_notes ||
      !CLOSE_CODES.includes(change.data.close_code)
    )
      return failure(403, 'Operation Failed', 'Data Policy Exception: mandatory: Resolution code');
    Object.assign(row, change.data);
    return json(200, { result: shown(row) });
  }

  const answerToPath = (method: string, path: string, body: unknown) =>
    answerTo(method, new URL(path, server.url), body);
  const unauthenticated = failure(
    401,
    'User Not Authenticated',
    'Required to provide Auth information',
  );
  const serve = () =>
    answerWithBasicAuth(server, { user, password }, answerToPath, unauthenticated);
  serve();
  return {
    url: server.url,
    asked: server.asked,
    willAnswer: server.willAnswer,
    rows: () => state.rows,
    empty: () => {
      state.rows = [];
      serve();
    },
    stop: server.stop,
  };
}
