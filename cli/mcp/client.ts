// Reads the API of an account or of this machine.
import { Refused } from '../refused.ts';

export type Answer = { ok: boolean; text: string };
export type ReadApi = (path: string) => Promise<Answer>;

const LOCAL = 'http://127.0.0.1:8420';
const DEADLINE_MS = 15_000;
const isLoopback = (url: URL) => ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);

/** Throws Refused for a URL that would send the token unencrypted. */
export function apiFrom(
  { COUNTERMAND_URL = LOCAL, COUNTERMAND_TOKEN: token }: NodeJS.ProcessEnv,
  send: typeof fetch = fetch,
): ReadApi {
  if (!URL.canParse(COUNTERMAND_URL))
    throw new Refused(`COUNTERMAND_URL is not a URL: ${COUNTERMAND_URL}`);
  const base = new URL(COUNTERMAND_URL);
  if (base.protocol !== 'https:' && !(base.protocol === 'http:' && isLoopback(base)))
    throw new Refused('COUNTERMAND_URL must begin with https://, except on this machine');
  return async (path) => {
    try {
      const answer = await send(new URL(path, base), {
        headers: token ? { Authorization: `Bearer ${token}` } : {},
        // The token must not follow a redirect to another host.
        redirect: 'error',
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      return { ok: answer.ok, text: await answer.text() };
    } catch (error) {
      const text = `${base.origin} did not answer (${reasonOf(error)}). Check that it runs, or set COUNTERMAND_URL to another address.`;
      return { ok: false, text };
    }
  };
}

/** The code of the network error: the message of `fetch` is "fetch failed" for all of them. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}
