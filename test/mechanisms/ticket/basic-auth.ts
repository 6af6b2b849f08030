// Answers the requests of a ticket provider that carry the right credentials.
import type { Answer, Loopback } from '../../fixtures/loopback.ts';

/** Answers a request without these credentials with `unauthenticated`. */
export function answerWithBasicAuth(
  server: Loopback,
  { user, password }: { user: string; password: string },
  answerTo: (method: string, path: string, body: unknown) => Answer,
  unauthenticated: Answer,
): void {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  server.willAnswer((response, request) => {
    const { path, body, headers } = server.asked.at(-1)!;
    const answer =
      headers.authorization === authorization
        ? answerTo(request.method ?? '', path, body ? JSON.parse(body) : null)
        : unauthenticated;
    answer(response, request);
  });
}
