// Calls to a ticket system outside AWS, with basic authentication.
import { type Call, callHttp, type HttpClients, type Service } from '../../platform/http.ts';
import { type Secret, withSecret } from '../../platform/secret.ts';

/** Shorter than the default: opening a ticket takes several calls, and the function must notify people afterwards. */
const RETRY_LIMITS = { timeoutMs: 5_000, retries: 2, longestWaitSeconds: 5 } as const;

type System<Credentials> = {
  /** The system's name in error messages. */
  name: string;
  /** The paths of the calls are appended to it. */
  baseUrl: string;
  credentials: Secret<Credentials>;
  /** `user:password`. */
  userInfo: (credentials: Credentials) => string;
};

export function createBasicAuthCall<Credentials>(
  clients: HttpClients,
  { name, baseUrl, credentials, userInfo }: System<Credentials>,
) {
  const service: Service = {
    name,
    codeOf: () => undefined,
    errorsByCode: {},
    retryLimits: RETRY_LIMITS,
  };
  return <T>(
    path: string,
    { ids = {}, ...rest }: Pick<Call<T>, 'what' | 'method' | 'answer'> & Partial<Call<T>>,
  ): Promise<T> =>
    withSecret(credentials, (secret) => {
      const basic = Buffer.from(userInfo(secret)).toString('base64');
      return callHttp(clients, service, {
        url: `${baseUrl}${path}`,
        headers: { Authorization: `Basic ${basic}` },
        ids,
        ...rest,
        secret: basic,
      });
    });
}
