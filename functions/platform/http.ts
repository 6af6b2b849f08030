// Calls a service outside AWS, with a time limit and typed errors.
import pRetry from 'p-retry';
import * as z from 'zod/mini';
import {
  type ErrorClass,
  errorForStatus,
  type Ids,
  InvalidInput,
  RetryableError,
  TerminalError,
  Unavailable,
} from '../domain/errors.ts';
import { oneLine } from '../domain/wording.ts';

export type HttpClients = {
  /** The platform's `fetch`, as a method, so that tests can replace it. */
  http: { fetch: (url: string, init: RequestInit) => Promise<Response> };
  /** Waits before a retry. Injected, so that tests don't wait. */
  sleep: (milliseconds: number) => Promise<void>;
};

/** Details of one service. */
export type Service = {
  name: string;
  /** The service's own error code, if its body has one, even with status 200. It becomes `code` in the error's IDs. */
  codeOf: (body: unknown) => string | undefined;
  /** Error classes by service code. The HTTP status decides for all other codes. */
  errorsByCode: Readonly<Record<string, ErrorClass>>;
  /** Overrides the default time limits. */
  retryLimits?: RetryLimits;
};

export type RetryLimits = {
  timeoutMs: number;
  /** Maximum number of retries. */
  retries: number;
  /** Maximum wait before a retry, if the service asks for one. */
  longestWaitSeconds: number;
};

export type Call<T> = {
  /** Names the call in error messages: `moving the message`. */
  what: string;
  ids: Ids;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Text and forms are sent unchanged, everything else as JSON. */
  body?: string | URLSearchParams | Readonly<Record<string, unknown>>;
  /** The documented shape of the response. An empty response is parsed as null. */
  answer: z.ZodMiniType<T>;
  /** True for an idempotent call, which is also retried if no response arrived. */
  repeatable?: true;
  /** Redacted from every error: the URL or the body may contain it, and a service may quote it. */
  secret?: string;
};

/** Every service that we call responds faster than this. The waits fit into one run of a function. */
const DEFAULT_LIMITS: RetryLimits = { timeoutMs: 10_000, retries: 3, longestWaitSeconds: 20 };
/** The pause before the retry of an idempotent call, if the service names none. */
const PAUSE_SECONDS = 0.5;

/**
 * Makes the call. It is retried if the service says when (`Retry-After` with 429 or 503, within the limit), because
 * then it was not carried out; an idempotent call is also retried after any retryable error. Throws a typed error with
 * `status` and `code` in its IDs.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function callHttp<T>(
  { http, sleep }: HttpClients,
  service: Service,
  call: Call<T>,
): Promise<T> {
  const { retries, longestWaitSeconds } = service.retryLimits ?? DEFAULT_LIMITS;
  return pRetry(() => once(http, service, call), {
    retries,
    minTimeout: 0,
    shouldRetry: async ({ error }) => {
      const seconds = pauseAfter(error, call);
      if (seconds === null || seconds > longestWaitSeconds) return false;
      await sleep(seconds * 1000);
      return true;
    },
  });
}

/** Seconds until the retry; null if the call must not be retried. */
function pauseAfter(error: Error, { repeatable }: Pick<Call<unknown>, 'repeatable'>) {
  if (!(error instanceof RetryableError)) return null;
  const { retryAfterSeconds } = error.ids;
  if (typeof retryAfterSeconds === 'number') return retryAfterSeconds;
  return repeatable ? PAUSE_SECONDS : null;
}

async function once<T>(http: HttpClients['http'], service: Service, call: Call<T>): Promise<T> {
  const { what, ids } = call;
  const { status, retryAfterSeconds, text } = await exchange(http, service, call);
  const body = parsed(text);
  const code = service.codeOf(body);
  if (status >= 200 && status < 300 && code === undefined) {
    const answer = call.answer.safeParse(body);
    if (answer.success) return answer.data;
    const why = oneLine(z.prettifyError(answer.error));
    // An HTML page of a proxy or a truncated response may be gone on retry. A different JSON shape will not change.
    const ErrorOfKind = typeof body === 'string' ? Unavailable : InvalidInput;
    throw new ErrorOfKind(`${what}: ${service.name} returned an unexpected response: ${why}`, ids);
  }
  const ErrorOfKind = (code !== undefined && service.errorsByCode[code]) || errorForStatus(status);
  throw new ErrorOfKind(`${what}: ${service.name} returned ${status}: ${redacted(call, text)}`, {
    ...ids,
    status,
    code,
    retryAfterSeconds,
  });
}

async function exchange<T>(http: HttpClients['http'], service: Service, call: Call<T>) {
  const { what, ids, method, url, headers, body } = call;
  const isJson = body !== undefined && typeof body !== 'string' && !isForm(body);
  try {
    const response = await http.fetch(url, {
      method,
      headers: { Accept: 'application/json', ...(isJson && JSON_BODY), ...headers },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
      // A redirect would send the token to another host.
      redirect: 'error',
      signal: AbortSignal.timeout((service.retryLimits ?? DEFAULT_LIMITS).timeoutMs),
    });
    const retryAfterSeconds = secondsIn(response.headers.get('retry-after'));
    return { status: response.status, retryAfterSeconds, text: await response.text() };
  } catch (cause) {
    if (cause instanceof RetryableError || cause instanceof TerminalError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    // The message of a TypeError quotes the URL or header that is invalid, and these may hold the secret.
    const shown = call.secret !== undefined && cause instanceof TypeError ? undefined : cause;
    throw new Unavailable(
      `${what}: ${service.name} did not respond: ${redacted(call, why)}`,
      ids,
      shown,
    );
  }
}

/** Untrusted text for an error message: on one line, with the secret redacted. */
const redacted = ({ secret }: Pick<Call<unknown>, 'secret'>, text: string): string =>
  oneLine(secret ? text.replaceAll(secret, '[secret]') : text);

const JSON_BODY = { 'Content-Type': 'application/json' };
const isForm = (body: object): body is URLSearchParams => body instanceof URLSearchParams;

/** Null for an empty response; the text itself if it is not JSON. */
function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The header in seconds. A date would ask for a longer wait than one run of a function allows. */
const secondsIn = (header: string | null): number | undefined =>
  header !== null && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
