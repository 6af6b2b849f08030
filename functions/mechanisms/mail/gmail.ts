// Gmail API calls on behalf of a mailbox's owner, with typed errors.
import { importPKCS8, SignJWT } from 'jose';
import * as z from 'zod/mini';
import { Denied, InvalidInput, NotFound, QuotaExceeded, Throttled } from '../../domain/errors.ts';
import { type Call, callHttp, type HttpClients, type Service } from '../../platform/http.ts';
import { createTokenCache, TokenAnswer } from '../../platform/oauth-token.ts';
import type { Secret } from '../../platform/secret.ts';
import { QUARANTINE } from './message.ts';

/** The fields used from the JSON key of a Google service account. */
export const GmailSecret = z.object({
  type: z.literal('service_account'),
  client_email: z.email(),
  private_key_id: z.string().check(z.minLength(1)),
  private_key: z.string().check(z.includes('PRIVATE KEY')),
});

export type GmailClients = HttpClients & {
  secret: Secret<z.infer<typeof GmailSecret>>;
  now: () => Date;
};

const Message = z.object({
  id: z.string().check(z.minLength(1)),
  labelIds: z._default(z.array(z.string()), []),
});
const Label = z.object({ id: z.string().check(z.minLength(1)), name: z.string() });
export type Label = z.infer<typeof Label>;

const API = 'https://gmail.googleapis.com/gmail/v1/users';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
/** Allows reading messages, changing their labels and creating labels. No permanent deletion, no settings. */
const SCOPE = 'https://www.googleapis.com/auth/gmail.modify';
const GRANT_SECONDS = 3600;

const Refusal = z.object({
  error: z.object({
    status: z.optional(z.string()),
    errors: z.optional(z.array(z.object({ reason: z.string() }))),
  }),
});

/** @see https://developers.google.com/workspace/gmail/api/guides/handle-errors */
const gmail: Service = {
  name: 'Gmail',
  codeOf: (body) => {
    const { error } = Refusal.safeParse(body).data ?? {};
    return error?.errors?.[0]?.reason ?? error?.status;
  },
  errorsByCode: {
    // Gmail sends both with status 403, which otherwise means missing permissions.
    rateLimitExceeded: Throttled,
    userRateLimitExceeded: Throttled,
    dailyLimitExceeded: QuotaExceeded,
    // The user has no mailbox.
    failedPrecondition: NotFound,
  },
};

const OAuthRefusal = z.object({ error: z.string(), error_description: z.optional(z.string()) });
const NO_SUCH_USER = 'no such user';

/** @see https://developers.google.com/identity/protocols/oauth2/service-account#error-codes */
const oauth: Service = {
  name: 'Google',
  codeOf: (body) => {
    const { error, error_description = '' } = OAuthRefusal.safeParse(body).data ?? {};
    // The same code means a bad signature or an unknown user.
    return /Invalid email or User ID|account not found/i.test(error_description)
      ? NO_SUCH_USER
      : error;
  },
  errorsByCode: {
    [NO_SUCH_USER]: NotFound,
    invalid_grant: Denied,
    invalid_client: Denied,
    unauthorized_client: Denied,
    access_denied: Denied,
  },
};

type Request = Pick<Call<unknown>, 'what' | 'method' | 'body'> & { mailbox: string; path: string };
export type Gmail = ReturnType<typeof createGmail>;

export function createGmail({ secret, now, ...clients }: GmailClients) {
  const tokenCaches = new Map<string, ReturnType<typeof createTokenCache>>();

  /**
   * Domain-wide delegation: each token is for one user.
   * @see https://developers.google.com/identity/protocols/oauth2/service-account
   */
  function tokensFor(mailbox: string) {
    const known = tokenCaches.get(mailbox);
    if (known) return known;
    const tokenCache = createTokenCache(async () => {
      const assertion = await signed(await secret(), mailbox, now());
      return callHttp(clients, oauth, {
        what: 'getting a token',
        ids: { mailbox },
        method: 'POST',
        url: TOKEN_URL,
        body: new URLSearchParams({
          grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
          assertion,
        }),
        answer: TokenAnswer,
      });
    }, now);
    tokenCaches.set(mailbox, tokenCache);
    return tokenCache;
  }

  const call = <T>({ mailbox, path, ...request }: Request, answer: z.ZodMiniType<T>): Promise<T> =>
    tokensFor(mailbox)((token) =>
      callHttp(clients, gmail, {
        ...request,
        ids: { mailbox },
        url: `${API}/${encodeURIComponent(mailbox)}${path}`,
        headers: { Authorization: `Bearer ${token}` },
        answer,
      }),
    );

  const inPath = (id: string) => encodeURIComponent(id);
  return {
    /**
     * Null if the message is not in the mailbox.
     * @see https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/get
     */
    message: (mailbox: string, id: string) =>
      call(
        {
          what: 'reading the message',
          method: 'GET',
          mailbox,
          path: `/messages/${inPath(id)}?format=minimal&fields=id,labelIds`,
        },
        Message,
      ).catch((error: unknown) => {
        if (error instanceof NotFound && error.ids.code === 'notFound') return null;
        throw error;
      }),

    /** @see https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels/list */
    async labels(mailbox: string): Promise<Label[]> {
      const request = {
        what: 'reading the labels',
        method: 'GET',
        mailbox,
        path: '/labels',
      } as const;
      const { labels } = await call(request, z.object({ labels: z.array(Label) }));
      return labels;
    },

    /**
     * Creates the label, hidden from all lists, so that users don't open quarantined messages by accident. Throws
     * Conflict if it exists.
     * @see https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels/create
     */
    createQuarantine: (mailbox: string): Promise<Label> =>
      call(
        {
          what: 'creating the quarantine label',
          method: 'POST',
          mailbox,
          path: '/labels',
          body: {
            name: QUARANTINE,
            labelListVisibility: 'labelHide',
            messageListVisibility: 'hide',
          },
        },
        Label,
      ),

    /** At most 100 labels each way. @see https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/modify */
    async modify(
      mailbox: string,
      id: string,
      change: { addLabelIds: readonly string[]; removeLabelIds: readonly string[] },
    ): Promise<void> {
      await call(
        {
          what: 'changing the labels',
          method: 'POST',
          mailbox,
          path: `/messages/${inPath(id)}/modify`,
          body: change,
        },
        Message,
      );
    },
  };
}

async function signed(
  { client_email, private_key, private_key_id }: z.infer<typeof GmailSecret>,
  mailbox: string,
  now: Date,
): Promise<string> {
  const key = await importPKCS8(private_key, 'RS256').catch(() => {
    // Without the library's error, which might quote the key.
    throw new InvalidInput('the private key in the Gmail secret is not valid');
  });
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ scope: SCOPE })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: private_key_id })
    .setIssuer(client_email)
    .setSubject(mailbox)
    .setAudience(TOKEN_URL)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + GRANT_SECONDS)
    .sign(key);
}
