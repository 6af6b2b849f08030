// One HTTP call to a service outside AWS: bounded in time, its refusals as our typed errors, its answer parsed.
import pRetry from 'p-retry';
import * as z from 'zod';
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
  /** `fetch` of the platform, as a method, so that tests can come between. */
  http: { fetch: (url: string, init: RequestInit) => Promise<Response> };
  /** Waits as long as a service asks for; injected, so that tests do not. */
  sleep: (milliseconds: number) => Promise<void>;
};

/** What is special to one service. */
export type Service = {
  name: string;
  /** Where its refusals say more than their status, or come with status 200. It is in the error's ids, as `code`. */
  codeOf: (body: unknown) => string | undefined;
  /** What those codes mean; the status counts for the others. */
  kinds: Readonly<Record<string, ErrorClass>>;
  /** How long we wait for it, where that is not the usual time. */
  patience?: Patience;
};

export type Patience = {
  timeoutMs: number;
  /** How often a call is made again at the most. */
  retries: number;
  /** The longest that one wait may be, when the service asks for one. */
  longestWaitSeconds: number;
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
  /** True where the same call twice does no harm: then it is also made again when no answer came. */
  repeatable?: true;
  /** What must not stand in any error: the address or the body may hold it, and a service may quote it. */
  secret?: string;
};

/** No service that we call answers a person's request more slowly than this; the waits fit into one run of a function. */
const USUAL: Patience = { timeoutMs: 10_000, retries: 3, longestWaitSeconds: 20 };
/** The pause before a repeatable call is made again, where the service names none. */
const PAUSE_SECONDS = 0.5;

/**
 * Makes the call. A request is sent again where the service says when (`Retry-After` on 429 or 503, within the bound):
 * then it was not carried out; and after any failure that may pass where it is repeatable. Throws a typed error with
 * `status` and `code` in its ids.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function callHttp<T>(
  { http, sleep }: HttpClients,
  service: Service,
  call: Call<T>,
): Promise<T> {
  const { retries, longestWaitSeconds } = service.patience ?? USUAL;
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

/** Seconds until the call may be made again; null where it must not be. */
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
    // A page of a proxy, or half an answer, may be another one next time; another form will not.
    const ErrorOfKind = typeof body === 'string' ? Unavailable : InvalidInput;
    throw new ErrorOfKind(`${what}: ${service.name} answered in another form: ${why}`, ids);
  }
  const ErrorOfKind = (code !== undefined && service.kinds[code]) || errorForStatus(status);
  throw new ErrorOfKind(`${what}: ${service.name} answered ${status}: ${without(call, text)}`, {
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
      signal: AbortSignal.timeout((service.patience ?? USUAL).timeoutMs),
    });
    const retryAfterSeconds = secondsIn(response.headers.get('retry-after'));
    return { status: response.status, retryAfterSeconds, text: await response.text() };
  } catch (cause) {
    if (cause instanceof RetryableError || cause instanceof TerminalError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    // With a TypeError the platform quotes the address or the header that it cannot use.
    const shown = call.secret !== undefined && cause instanceof TypeError ? undefined : cause;
    throw new Unavailable(
      `${what}: ${service.name} did not answer: ${without(call, why)}`,
      ids,
      shown,
    );
  }
}

/** Foreign text for an error: on one line, and with nothing in it that has to stay secret. */
const without = ({ secret }: Pick<Call<unknown>, 'secret'>, text: string): string =>
  oneLine(secret ? text.replaceAll(secret, '[secret]') : text);

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
