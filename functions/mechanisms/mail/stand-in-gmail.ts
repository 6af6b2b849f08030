// Stand-in of the Gmail API and of Google's token endpoint, for one domain.
import { generateKeyPairSync } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { jwtVerify } from 'jose';
import type { StateFile } from '../stand-in.ts';

export type GmailLabel = { id: string; name: string; type: 'system' | 'user' };
export type GmailMessage = { id: string; labelIds: string[]; subject: string };
export type GmailMailbox = { labels: GmailLabel[]; messages: GmailMessage[] };
export type GmailState = Record<string, GmailMailbox>;

/** The service account of the stand-in. Its key is created per process. */
export function createServiceAccount() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    publicKey,
    secret: {
      type: 'service_account' as const,
      client_email: 'countermand@example-project.iam.gserviceaccount.com',
      private_key_id: 'key-1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    },
  };
}
export type ServiceAccount = ReturnType<typeof createServiceAccount>;

/** Labels of every mailbox. @see https://developers.google.com/workspace/gmail/api/guides/labels */
const SYSTEM =
  'INBOX SPAM TRASH UNREAD STARRED IMPORTANT SENT DRAFT CHAT CATEGORY_PERSONAL CATEGORY_UPDATES';
const FIXED = ['SENT', 'DRAFT', 'CHAT'];
export const gmailLabels = (): GmailLabel[] =>
  SYSTEM.split(' ').map((id) => ({ id, name: id, type: 'system' }));

type Status = 400 | 401 | 404 | 409;
/** @see https://developers.google.com/workspace/gmail/api/guides/handle-errors */
const refuse = (c: Context, code: Status, reason: string, status: string, message: string) =>
  c.json(
    { error: { code, message, errors: [{ message, domain: 'global', reason }], status } },
    code,
  );
const notFound = (c: Context) =>
  refuse(c, 404, 'notFound', 'NOT_FOUND', 'Requested entity was not found.');
const invalid = (c: Context, message: string) =>
  refuse(c, 400, 'invalidArgument', 'INVALID_ARGUMENT', message);

const MAX_LABELS_PER_CHANGE = 100;
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const SCOPE = 'https://www.googleapis.com/auth/gmail.modify';

export function createGmailApi(
  file: StateFile<GmailState>,
  account: () => ServiceAccount,
  now: () => Date,
): Hono {
  const tokens = new Map<string, { mailbox: string; until: number }>();
  const app = new Hono();

  /** @see https://developers.google.com/identity/protocols/oauth2/service-account */
  app.post('/token', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return c.json({ error: 'unsupported_grant_type' }, 400);
    const { publicKey, secret } = account();
    const verified = await jwtVerify(form.get('assertion') ?? '', publicKey, {
      algorithms: ['RS256'],
      issuer: secret.client_email,
      audience: TOKEN_URL,
      currentDate: now(),
      maxTokenAge: '1h',
      requiredClaims: ['exp', 'iat', 'sub', 'scope'],
    }).catch(() => null);
    if (!verified)
      return c.json({ error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }, 400);
    const { sub: mailbox = '', scope } = verified.payload;
    if (scope !== SCOPE) return c.json({ error: 'unauthorized_client' }, 401);
    if (!file.read()[mailbox])
      return c.json({ error: 'invalid_grant', error_description: 'Invalid email or User ID' }, 400);
    const access_token = `gmail-token-${tokens.size + 1}`;
    tokens.set(access_token, { mailbox, until: now().getTime() + 3599_000 });
    return c.json({ access_token, expires_in: 3599, token_type: 'Bearer' });
  });

  const mailboxOf = (c: Context) => file.read()[c.req.param('mailbox') ?? ''];
  app.use('/gmail/v1/users/:mailbox/*', async (c, next) => {
    const token = tokens.get(c.req.header('authorization')?.replace(/^Bearer /, '') ?? '');
    if (!token || token.until <= now().getTime())
      return refuse(c, 401, 'authError', 'UNAUTHENTICATED', 'Invalid Credentials');
    // A token is valid for one user.
    return token.mailbox === c.req.param('mailbox') && mailboxOf(c) ? next() : notFound(c);
  });
  const within = (c: Context) => mailboxOf(c) ?? { labels: [], messages: [] };
  const save = (c: Context, mailbox: GmailMailbox) =>
    file.write({ ...file.read(), [c.req.param('mailbox') ?? '']: mailbox });
  const find = (c: Context) => within(c).messages.find(({ id }) => id === c.req.param('id'));

  app.get('/gmail/v1/users/:mailbox/messages/:id', (c) => {
    const message = find(c);
    // Gmail omits the field for a message without labels.
    return message
      ? c.json({
          id: message.id,
          ...(message.labelIds.length > 0 && { labelIds: message.labelIds }),
        })
      : notFound(c);
  });

  /** @see https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/modify */
  app.post('/gmail/v1/users/:mailbox/messages/:id/modify', async (c) => {
    const { addLabelIds = [], removeLabelIds = [] } = (await c.req.json()) as Record<
      string,
      string[] | undefined
    >;
    const message = find(c);
    if (!message) return notFound(c);
    if (addLabelIds.length + removeLabelIds.length === 0)
      return invalid(c, 'No label add or removes specified');
    if (Math.max(addLabelIds.length, removeLabelIds.length) > MAX_LABELS_PER_CHANGE)
      return invalid(c, 'Too many labels');
    const { labels, messages } = within(c);
    for (const id of [...addLabelIds, ...removeLabelIds])
      if (FIXED.includes(id) || !labels.some((label) => label.id === id))
        return invalid(c, `Invalid label: ${id}`);
    if (addLabelIds.some((id) => removeLabelIds.includes(id)))
      return invalid(c, 'Cannot both add and remove the same label');
    const kept = message.labelIds.filter((id) => !removeLabelIds.includes(id));
    const changed = { ...message, labelIds: [...new Set([...kept, ...addLabelIds])].sort() };
    save(c, { labels, messages: messages.map((one) => (one.id === changed.id ? changed : one)) });
    return c.json({ id: changed.id, labelIds: changed.labelIds });
  });

  app.get('/gmail/v1/users/:mailbox/labels', (c) => c.json({ labels: within(c).labels }));

  /** @see https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels/create */
  app.post('/gmail/v1/users/:mailbox/labels', async (c) => {
    const { name, labelListVisibility, messageListVisibility } = await c.req.json();
    const { labels, messages } = within(c);
    if (typeof name !== 'string' || name === '') return invalid(c, 'Invalid label name');
    if (!['labelShow', 'labelShowIfUnread', 'labelHide'].includes(labelListVisibility))
      return invalid(c, 'Invalid labelListVisibility');
    if (!['show', 'hide'].includes(messageListVisibility))
      return invalid(c, 'Invalid messageListVisibility');
    if (labels.some((label) => label.name.toLowerCase() === name.toLowerCase()))
      return refuse(c, 409, 'aborted', 'ABORTED', 'Label name exists or conflicts');
    const label: GmailLabel = { id: `Label_${labels.length}`, name, type: 'user' };
    save(c, { labels: [...labels, label], messages });
    return c.json(label);
  });

  return app;
}
