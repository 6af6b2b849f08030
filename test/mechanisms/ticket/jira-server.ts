// A loopback Jira Cloud site, as strict as the real one, with a delayed search.
import * as z from 'zod/mini';
import { type Answer, raw, startLoopback } from '../../fixtures/loopback.ts';
import { answerWithBasicAuth } from './basic-auth.ts';

export type Issue = {
  key: string;
  summary: string;
  text: string;
  labels: string[];
  status: 'new' | 'done';
  comments: string[];
  /** Whether the search finds it. */
  indexed: boolean;
};

/** @see https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ */
const TextNode = z.strictObject({
  type: z.literal('text'),
  text: z.string().check(z.minLength(1)),
});
const Document = z.strictObject({
  type: z.literal('doc'),
  version: z.literal(1),
  content: z.array(
    z.strictObject({
      type: z.literal('paragraph'),
      content: z.array(z.union([TextNode, z.strictObject({ type: z.literal('hardBreak') })])),
    }),
  ),
});
const textOf = (document: z.infer<typeof Document>) =>
  document.content
    .map(({ content }) => content.map((node) => ('text' in node ? node.text : '\n')).join(''))
    .join('\n\n');

const NewIssue = z.strictObject({
  fields: z.strictObject({
    project: z.strictObject({ key: z.literal('SEC') }),
    issuetype: z.strictObject({ name: z.literal('Task') }),
    summary: z.string().check(z.minLength(1), z.maxLength(255), z.regex(/^[^\n]+$/)),
    description: Document,
    labels: z.array(z.string().check(z.regex(/^\S+$/))),
  }),
});
/** Labels change one by one, so that those of people stay. */
const Changed = z.strictObject({
  fields: z.strictObject({
    summary: NewIssue.shape.fields.shape.summary,
    description: Document,
  }),
  update: z.strictObject({
    labels: z.array(
      z.union([z.strictObject({ add: z.string() }), z.strictObject({ remove: z.string() })]),
    ),
  }),
});
const JQL = /^project = "(\w+)" AND labels = "([\w-]+)" ORDER BY created ASC$/;

export type JiraServer = Awaited<ReturnType<typeof startJira>>;

export async function startJira({ user, token }: { user: string; token: string }) {
  const server = await startLoopback();
  const state = { issues: [] as Issue[], count: 0 };
  const json = (status: number, body: unknown) => raw(status, JSON.stringify(body));
  const failure = (status: number, message: string) =>
    json(status, { errorMessages: [message], errors: {} });
  const missing = failure(404, 'Issue does not exist or you do not have permission to see it.');

  function answerTo(method: string, path: string, body: unknown): Answer {
    if (method === 'POST' && path === '/rest/api/3/issue') return create(body);
    if (method === 'POST' && path === '/rest/api/3/search/jql') return search(body);
    const [, key, part] = /^\/rest\/api\/3\/issue\/([^/?]+)(?:\/(\w+))?/.exec(path) ?? [];
    const issue = state.issues.find((one) => one.key === key);
    return issue ? answerOn(issue, `${method} ${part ?? ''}`, body) : missing;
  }

  function create(body: unknown): Answer {
    const parsed = NewIssue.safeParse(body);
    if (!parsed.success) return failure(400, z.prettifyError(parsed.error));
    const { summary, description, labels } = parsed.data.fields;
    const key = `SEC-${++state.count}`;
    const issue = { key, summary, text: textOf(description), labels, comments: [] };
    state.issues.push({ ...issue, status: 'new', indexed: false });
    return json(201, { id: String(10_000 + state.count), key, self: 'https://...' });
  }

  function change(issue: Issue, body: unknown): Answer {
    const parsed = Changed.safeParse(body);
    if (!parsed.success) return failure(400, z.prettifyError(parsed.error));
    const { fields, update } = parsed.data;
    issue.summary = fields.summary;
    issue.text = textOf(fields.description);
    for (const one of update.labels) {
      if ('add' in one) issue.labels.push(one.add);
      else issue.labels = issue.labels.filter((label) => label !== one.remove);
    }
    return raw(204, '');
  }

  function search(body: unknown): Answer {
    const [, project, label] = JQL.exec((body as { jql: string }).jql) ?? [];
    if (project !== 'SEC' || !label) return failure(400, 'Error in the JQL Query');
    const found = state.issues.filter(({ indexed, labels }) => indexed && labels.includes(label));
    return json(200, { issues: found.map(({ key }) => ({ id: key, key })), isLast: true });
  }

  function answerOn(issue: Issue, what: string, body: unknown): Answer {
    const to = (id: string, key: string) => ({ id, to: { statusCategory: { key } } });
    switch (what) {
      case 'GET ':
        return json(200, { key: issue.key, fields: { status: to('', issue.status).to } });
      case 'PUT ':
        return change(issue, body);
      case 'POST comment':
        issue.comments.push(textOf(Document.parse((body as { body: unknown }).body)));
        return json(201, { id: '1' });
      case 'GET transitions': {
        const isDone = issue.status === 'done';
        const transitions = isDone
          ? [to('11', 'new')]
          : [to('21', 'indeterminate'), to('31', 'done')];
        return json(200, { transitions });
      }
      case 'POST transitions': {
        const { id } = (body as { transition: { id: string } }).transition;
        if (id !== '31' || issue.status === 'done') return failure(400, 'Transition is not valid');
        issue.status = 'done';
        return raw(204, '');
      }
      default:
        return failure(405, 'Method not allowed');
    }
  }

  const unauthenticated = failure(401, 'Client must be authenticated to access this resource.');
  const serve = () =>
    answerWithBasicAuth(server, { user, password: token }, answerTo, unauthenticated);
  serve();
  return {
    url: server.url,
    asked: server.asked,
    willAnswer: server.willAnswer,
    issues: () => state.issues,
    /** Makes the search find all issues, as it does after some time. */
    index: () => {
      for (const issue of state.issues) issue.indexed = true;
    },
    empty: () => {
      state.issues = [];
      state.count = 0;
      serve();
    },
    stop: server.stop,
  };
}
