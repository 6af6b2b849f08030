// One HTTP call to a service outside AWS: bounded in time, its refusals as our typed errors, its answer parsed.
import pRetry from 'p-retry';
import { z } from 'zod';
import {
  Conflict,
  Denied,
  InvalidInput,
  NotFound,
  QuotaExceeded,
  RetryableError,
  TerminalError,
  Throttled,
  Unavailable,
} from '../domain/errors.ts';
import { oneLine } from '../domain/wording.ts';

export type HttpClients = {
  /** `fetch` of the platform, as a method, so that tests can come between. */
  http: { fetch: (url: string, init: RequestInit) => Promise<Response> };
  /** Waits as long as a service asks for; injected, so that tests do not. */
  sleep: (milliseconds: number) => Promise<void>;
};

type Ids = Record<string, string | number | undefined>;
type Kind = new (message: string, ids?: Ids, cause?: unknown) => Error;

/** What is special to one service. */
export type Service = {
  name: string;
  /** Where its refusals say more than their status. The code is in the error's ids, as `code`. */
  codeOf: (body: unknown) => string | undefined;
  /** What those codes mean; the status counts for the others. */
  kinds: Readonly<Record<string, Kind>>;
};

export type Call<T> = {
  /** For the message of an error: `moving the message`. */
  what: string;
  ids: Ids;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as it is where it is text or a form, and as JSON otherwise. */
  body?: string | URLSearchParams | Readonly<Record<string, unknown>>;
  /** The documented shape of the answer; an empty answer is read as null. */
  answer: z.ZodType<T>;
};

/** No service that we call answers a person's request more slowly than this. */
const TIMEOUT_MS = 10_000;
/** How often, and for how long at a time, a wait that the service asks for is kept within one run of a function. */
const MAX_WAITS = 3;
const LONGEST_WAIT_SECONDS = 20;

/**
 * Makes the call. A request is sent again only where the service says when (`Retry-After` on 429 or 503, within the
 * bound): then it was not carried out. Throws a typed error with `status` and `code` in its ids.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function callHttp<T>(
  { http, sleep }: HttpClients,
  service: Service,
  call: Call<T>,
): Promise<T> {
  return pRetry(() => once(http, service, call), {
    retries: MAX_WAITS,
    minTimeout: 0,
    shouldRetry: async ({ error }) => {
      const seconds = error instanceof RetryableError ? Number(error.ids.retryAfterSeconds) : NaN;
      if (!(seconds <= LONGEST_WAIT_SECONDS)) return false;
      await sleep(seconds * 1000);
      return true;
    },
  });
}

async function once<T>(http: HttpClients['http'], service: Service, call: Call<T>): Promise<T> {
  const { what, ids } = call;
  const { status, retryAfterSeconds, text } = await exchange(http, service, call);
  const body = parsed(text);
  if (status >= 200 && status < 300) {
    const answer = call.answer.safeParse(body);
    if (answer.success) return answer.data;
    const why = oneLine(z.prettifyError(answer.error));
    throw new InvalidInput(`${what}: ${service.name} answered in another form: ${why}`, ids);
  }
  const code = service.codeOf(body);
  const ErrorOfKind = (code !== undefined && service.kinds[code]) || byStatus(status);
  throw new ErrorOfKind(`${what}: ${service.name} answered ${status}: ${oneLine(text)}`, {
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
      // A redirect would carry the token to wherever it points.
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const retryAfterSeconds = secondsIn(response.headers.get('retry-after'));
    return { status: response.status, retryAfterSeconds, text: await response.text() };
  } catch (cause) {
    if (cause instanceof RetryableError || cause instanceof TerminalError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Unavailable(`${what}: ${service.name} did not answer: ${why}`, ids, cause);
  }
}

const JSON_BODY = { 'Content-Type': 'application/json' };
const isForm = (body: object): body is URLSearchParams => body instanceof URLSearchParams;

/** Null for an empty answer; the text itself where it is no JSON. */
function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The header in its form of seconds; as a date it asks for longer than one run of a function lasts. */
const secondsIn = (header: string | null): number | undefined =>
  header !== null && /^\d{1,6}$/.test(header) ? Number(header) : undefined;

const BY_STATUS: Readonly<Record<number, Kind>> = {
  401: Denied,
  403: Denied,
  404: NotFound,
  409: Conflict,
  410: NotFound,
  412: Conflict,
  423: Conflict,
  429: Throttled,
  507: QuotaExceeded,
};

const byStatus = (status: number): Kind =>
  BY_STATUS[status] ?? (status >= 400 && status < 500 ? InvalidInput : Unavailable);
