// Stand-in of Microsoft Graph for Exchange mailboxes, with tokens.
import { type Context, Hono } from 'hono';
import type { StateFile } from '../stand-in.ts';

export type ExchangeFolder = {
  id: string;
  displayName: string;
  parentFolderId: string;
  isHidden: boolean;
  /** The name under which it can also be requested. */
  wellKnownName?: string;
};
export type ExchangeMessage = {
  immutableId: string;
  /** Number of moves. The default ID changes with each move. */
  moves: number;
  parentFolderId: string;
  subject: string;
  internetMessageId: string;
  isRead: boolean;
};
export type ExchangeMailbox = { folders: ExchangeFolder[]; messages: ExchangeMessage[] };
export type ExchangeState = Record<string, ExchangeMailbox>;

/** The app registration of the stand-in. */
export const EXCHANGE_APP = {
  tenantId: '11111111-2222-4333-8444-555555555555',
  clientId: '66666666-7777-4888-8999-000000000000',
  clientSecret: 'no-secret-on-a-laptop',
};

const ROOT = 'AQMkAGRoot=';
/** The folders of every mailbox. @see https://learn.microsoft.com/graph/api/resources/mailfolder */
export const exchangeFolders = (): ExchangeFolder[] =>
  [
    ['inbox', 'Inbox'],
    ['archive', 'Archive'],
    ['deleteditems', 'Deleted Items'],
    ['junkemail', 'Junk Email'],
  ].map(([wellKnownName = '', displayName = '']) => ({
    id: `AQMkAG${wellKnownName}=`,
    displayName,
    parentFolderId: ROOT,
    isHidden: false,
    wellKnownName,
  }));

/** The default ID, which changes with every move. */
export const usualId = ({ immutableId, moves }: ExchangeMessage) => `AAMkAG${moves}-${immutableId}`;

/** @see https://learn.microsoft.com/graph/errors */
const refuse = (c: Context, status: 400 | 401 | 404 | 409, code: string, message: string) =>
  c.json({ error: { code, message, innerError: { date: '2026-11-24T03:00:00' } } }, status);
const noItem = (c: Context) =>
  refuse(c, 404, 'ErrorItemNotFound', 'The specified object was not found in the store.');

export function createExchange(file: StateFile<ExchangeState>, now: () => Date): Hono {
  const tokens = new Map<string, number>();
  const app = new Hono();

  /** @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
  app.post('/:tenant/oauth2/v2.0/token', async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const failed = (status: 400 | 401, error: string, error_description: string) =>
      c.json({ error, error_description, error_codes: [1] }, status);
    if (form.get('grant_type') !== 'client_credentials')
      return failed(400, 'unsupported_grant_type', 'AADSTS70003: the grant type is not supported.');
    if (form.get('scope') !== 'https://graph.microsoft.com/.default')
      return failed(400, 'invalid_scope', 'AADSTS70011: the scope is not valid.');
    if (c.req.param('tenant') !== EXCHANGE_APP.tenantId)
      return failed(400, 'invalid_request', 'AADSTS90002: Tenant not found.');
    if (form.get('client_id') !== EXCHANGE_APP.clientId)
      return failed(400, 'unauthorized_client', 'AADSTS700016: Application was not found.');
    if (form.get('client_secret') !== EXCHANGE_APP.clientSecret)
      return failed(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.');
    const access_token = `exchange-token-${tokens.size + 1}`;
    tokens.set(access_token, now().getTime() + 3599_000);
    return c.json({ token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token });
  });

  app.use('/v1.0/*', async (c, next) => {
    const token = c.req.header('authorization')?.replace(/^Bearer /, '') ?? '';
    if ((tokens.get(token) ?? 0) <= now().getTime())
      return refuse(
        c,
        401,
        'InvalidAuthenticationToken',
        'Lifetime validation failed, the token is expired.',
      );
    return next();
  });

  const mailboxOf = (c: Context) => file.read()[(c.req.param('mailbox') ?? '').toLowerCase()];
  const save = (c: Context, mailbox: ExchangeMailbox) =>
    file.write({ ...file.read(), [(c.req.param('mailbox') ?? '').toLowerCase()]: mailbox });
  app.use('/v1.0/users/:mailbox/*', async (c, next) =>
    mailboxOf(c)
      ? next()
      : refuse(
          c,
          404,
          'ErrorInvalidUser',
          `The requested user '${c.req.param('mailbox')}' is invalid.`,
        ),
  );
  const within = (c: Context) => mailboxOf(c) ?? { folders: [], messages: [] };

  const find = (c: Context) => {
    const id = c.req.param('id');
    return within(c).messages.find((one) => one.immutableId === id || usualId(one) === id);
  };
  /** With the form of ID that the request prefers. @see https://learn.microsoft.com/graph/outlook-immutable-id */
  const shown = (c: Context, message: ExchangeMessage) => {
    const { immutableId, moves: _moves, ...rest } = message;
    const immutable = c.req.header('prefer') === 'IdType="ImmutableId"';
    return { ...rest, id: immutable ? immutableId : usualId(message) };
  };
  const folderBy = (c: Context, id: string) =>
    within(c).folders.find((one) => one.id === id || one.wellKnownName === id.toLowerCase());

  /** Searches all folders. @see https://learn.microsoft.com/graph/api/user-list-messages */
  app.get('/v1.0/users/:mailbox/messages', (c) => {
    const filter = c.req.query('$filter') ?? '';
    const wanted = /^internetMessageId eq '((?:[^']|'')*)'$/.exec(filter)?.[1];
    if (wanted === undefined)
      return refuse(c, 400, 'BadRequest', `Invalid filter clause: ${filter}`);
    const name = wanted.replaceAll("''", "'");
    const found = within(c).messages.filter(({ internetMessageId }) => internetMessageId === name);
    return c.json({ value: found.slice(0, 10).map((message) => shown(c, message)) });
  });

  app.get('/v1.0/users/:mailbox/messages/:id', (c) => {
    const message = find(c);
    return message ? c.json(shown(c, message)) : noItem(c);
  });

  /** @see https://learn.microsoft.com/graph/api/message-move */
  app.post('/v1.0/users/:mailbox/messages/:id/move', async (c) => {
    const { destinationId } = await c.req.json();
    if (typeof destinationId !== 'string')
      return refuse(c, 400, 'ErrorInvalidRequest', 'destinationId is missing.');
    const message = find(c);
    const folder = folderBy(c, destinationId);
    if (!message || !folder) return noItem(c);
    const moved = { ...message, parentFolderId: folder.id, moves: message.moves + 1 };
    const { folders, messages } = within(c);
    save(c, {
      folders,
      messages: messages.map((one) => (one.immutableId === moved.immutableId ? moved : one)),
    });
    return c.json(shown(c, moved), 201);
  });

  const asFolder = ({ wellKnownName: _name, ...folder }: ExchangeFolder) => folder;
  app.get('/v1.0/users/:mailbox/mailFolders/:id', (c) => {
    const folder = folderBy(c, c.req.param('id'));
    return folder ? c.json(asFolder(folder)) : noItem(c);
  });

  /** Lists only top-level folders, ten at a time. @see https://learn.microsoft.com/graph/api/user-list-mailfolders */
  app.get('/v1.0/users/:mailbox/mailFolders', (c) => {
    const { $filter: filter, includeHiddenFolders } = c.req.query();
    const wanted = filter === undefined ? null : /^displayName eq '([^']*)'$/.exec(filter)?.[1];
    if (wanted === undefined)
      return refuse(c, 400, 'BadRequest', `Invalid filter clause: ${filter}`);
    const found = within(c)
      .folders.filter(({ parentFolderId }) => parentFolderId === ROOT)
      .filter(({ isHidden }) => !isHidden || includeHiddenFolders === 'true')
      .filter(({ displayName }) => wanted === null || displayName === wanted);
    return c.json({ value: found.slice(0, 10).map(asFolder) });
  });

  /** @see https://learn.microsoft.com/graph/api/user-post-mailfolders */
  app.post('/v1.0/users/:mailbox/mailFolders', async (c) => {
    const { displayName, isHidden = false } = await c.req.json();
    if (typeof displayName !== 'string' || displayName === '')
      return refuse(c, 400, 'ErrorInvalidRequest', 'displayName is missing.');
    const { folders, messages } = within(c);
    if (folders.some((one) => one.parentFolderId === ROOT && one.displayName === displayName))
      return refuse(
        c,
        409,
        'ErrorFolderExists',
        `A folder with the specified name already exists., ${displayName}`,
      );
    const folder = {
      id: `AAMkAGfolder${folders.length}=`,
      displayName,
      parentFolderId: ROOT,
      isHidden,
    };
    save(c, { folders: [...folders, folder], messages });
    return c.json(folder, 201);
  });

  return app;
}
