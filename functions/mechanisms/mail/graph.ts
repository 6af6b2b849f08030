// Microsoft Graph calls with client credentials, with typed errors.
import * as z from 'zod/mini';
import {
  Conflict,
  Denied,
  NotFound,
  QuotaExceeded,
  Throttled,
  Unavailable,
} from '../../domain/errors.ts';
import { type Call, callHttp, type HttpClients, type Service } from '../../platform/http.ts';
import { createTokenCache, TokenAnswer } from '../../platform/oauth-token.ts';
import type { Secret } from '../../platform/secret.ts';
import { QUARANTINE } from './message.ts';

/** An app registration with the application permission Mail.ReadWrite. */
export const GraphSecret = z.object({
  tenantId: z.string().check(z.regex(/^[\w.-]+$/)),
  clientId: z.string().check(z.minLength(1)),
  clientSecret: z.string().check(z.minLength(1)),
});

export type GraphClients = HttpClients & {
  secret: Secret<z.infer<typeof GraphSecret>>;
  now: () => Date;
};

const Message = z.object({
  id: z.string().check(z.minLength(1)),
  parentFolderId: z.string().check(z.minLength(1)),
});
const Folder = z.object({
  id: z.string().check(z.minLength(1)),
  displayName: z.string(),
  parentFolderId: z.string().check(z.minLength(1)),
});
export type Folder = z.infer<typeof Folder>;

const API = 'https://graph.microsoft.com/v1.0/users';
const LOGIN = 'https://login.microsoftonline.com';

/** @see https://learn.microsoft.com/graph/errors */
const graph: Service = {
  name: 'Microsoft Graph',
  codeOf: (body) =>
    z.object({ error: z.object({ code: z.string() }) }).safeParse(body).data?.error.code,
  errorsByCode: {
    ErrorFolderExists: Conflict,
    ErrorQuotaExceeded: QuotaExceeded,
    ErrorServerBusy: Throttled,
    ErrorMailboxStoreUnavailable: Unavailable,
    // The mailbox is on premises or doesn't exist.
    MailboxNotEnabledForRESTAPI: NotFound,
    ErrorInvalidUser: NotFound,
    ResourceNotFound: NotFound,
    Request_ResourceNotFound: NotFound,
  },
};

/** @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const login: Service = {
  name: 'Microsoft Entra',
  codeOf: (body) => z.object({ error: z.string() }).safeParse(body).data?.error,
  errorsByCode: {
    invalid_client: Denied,
    unauthorized_client: Denied,
    temporarily_unavailable: Unavailable,
  },
};

/** The item no longer exists, but its mailbox does. */
const GONE: readonly unknown[] = ['ErrorItemNotFound', 'ErrorFolderNotFound'];

type Request = Pick<Call<unknown>, 'what' | 'method' | 'body'> & { mailbox: string; path: string };
export type Graph = ReturnType<typeof createGraph>;

export function createGraph({ secret, now, ...clients }: GraphClients) {
  /** @see https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow */
  const withToken = createTokenCache(async () => {
    const { tenantId, clientId, clientSecret } = await secret();
    return callHttp(clients, login, {
      what: 'getting a token',
      ids: { tenantId },
      method: 'POST',
      url: `${LOGIN}/${tenantId}/oauth2/v2.0/token`,
      body: new URLSearchParams({
        client_id: clientId,
        client_secret: clientSecret,
        scope: 'https://graph.microsoft.com/.default',
        grant_type: 'client_credentials',
      }),
      answer: TokenAnswer,
    });
  }, now);

  const call = <T>({ mailbox, path, ...request }: Request, answer: z.ZodMiniType<T>): Promise<T> =>
    withToken((token) =>
      callHttp(clients, graph, {
        ...request,
        ids: { mailbox },
        url: `${API}/${encodeURIComponent(mailbox)}${path}`,
        headers: {
          Authorization: `Bearer ${token}`,
          // The default ID of a message changes when it is moved. The immutable ID doesn't, as long as the message
          // remains in its mailbox. https://learn.microsoft.com/graph/outlook-immutable-id
          Prefer: 'IdType="ImmutableId"',
        },
        answer,
      }),
    );

  const orGone = <T>(found: Promise<T>): Promise<T | null> =>
    found.catch((error: unknown) => {
      if (error instanceof NotFound && GONE.includes(error.ids.code)) return null;
      throw error;
    });

  const inPath = (id: string) => encodeURIComponent(id);
  return {
    /** Returns the immutable ID for either form of ID. Null if the message is not in the mailbox. */
    message: (mailbox: string, id: string) =>
      orGone(
        call(
          {
            what: 'reading the message',
            method: 'GET',
            mailbox,
            path: `/messages/${inPath(id)}?$select=id,parentFolderId`,
          },
          Message,
        ),
      ),

    /**
     * Every copy in the mailbox with this Internet message ID.
     * @see https://learn.microsoft.com/graph/api/user-list-messages
     */
    async copies(mailbox: string, internetMessageId: string) {
      const filter = `internetMessageId eq '${internetMessageId.replaceAll("'", "''")}'`;
      const { value } = await call(
        {
          what: 'looking for the message',
          method: 'GET',
          mailbox,
          path: `/messages?$filter=${encodeURIComponent(filter)}&$select=id,parentFolderId`,
        },
        z.object({ value: z.array(Message) }),
      );
      return value;
    },

    /** By ID or well-known name. */
    folder: (mailbox: string, id: string): Promise<Folder | null> =>
      orGone(
        call(
          {
            what: 'reading a folder',
            method: 'GET',
            mailbox,
            path: `/mailFolders/${inPath(id)}?$select=id,displayName,parentFolderId`,
          },
          Folder,
        ),
      ),

    /** @see https://learn.microsoft.com/graph/api/user-list-mailfolders */
    async quarantine(mailbox: string): Promise<string | null> {
      const filter = encodeURIComponent(`displayName eq '${QUARANTINE}'`);
      const { value } = await call(
        {
          what: 'looking for the quarantine folder',
          method: 'GET',
          mailbox,
          path: `/mailFolders?includeHiddenFolders=true&$filter=${filter}&$select=id,displayName,parentFolderId`,
        },
        z.object({ value: z.array(Folder) }),
      );
      return value[0]?.id ?? null;
    },

    /**
     * Hidden, so that users don't open quarantined messages by accident.
     * @see https://learn.microsoft.com/graph/api/user-post-mailfolders
     */
    async createQuarantine(mailbox: string): Promise<string> {
      const { id } = await call(
        {
          what: 'creating the quarantine folder',
          method: 'POST',
          mailbox,
          path: '/mailFolders',
          body: { displayName: QUARANTINE, isHidden: true },
        },
        Folder,
      );
      return id;
    },

    /** @see https://learn.microsoft.com/graph/api/message-move */
    async move(mailbox: string, id: string, destinationId: string): Promise<void> {
      await call(
        {
          what: 'moving the message',
          method: 'POST',
          mailbox,
          path: `/messages/${inPath(id)}/move`,
          body: { destinationId },
        },
        Message,
      );
    },
  };
}
