// What every answer of the site carries, and which forms it takes at all.
import type { MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';

/** No script, no frame, nothing from elsewhere, nothing kept, no address passed on: the address is the credential. */
export const guardedHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
});

export const neverKept: MiddlewareHandler = async (c, next) => {
  await next();
  c.header('Cache-Control', 'no-store');
  c.header('X-Robots-Tag', 'noindex, nofollow');
};

/**
 * Refuses forms that another site sent. Whoever posts must hold the link, so this is the second lock.
 *
 * `Origin: null` says nothing here: browsers write it in forms of pages with `Referrer-Policy: no-referrer`, ours among
 * them. Sec-Fetch-Site then tells; the few phones without it hold nothing else than the link either.
 * @see https://fetch.spec.whatwg.org/#append-a-request-origin-header-for-a-request
 */
export const ownFormsOnly =
  (webBaseUrl: string): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.method !== 'POST') return next();
    const [type] = (c.req.header('Content-Type') ?? '').split(';');
    if (type?.trim().toLowerCase() !== 'application/x-www-form-urlencoded')
      throw new HTTPException(415, { message: 'The form came in a form that we do not take.' });
    const site = c.req.header('Sec-Fetch-Site') ?? 'none';
    const origin = c.req.header('Origin') ?? 'null';
    const ours = origin === 'null' || origin === new URL(webBaseUrl).origin;
    if (!['same-origin', 'none'].includes(site) || !ours)
      throw new HTTPException(403, { message: 'The form came from another site.' });
    return next();
  };
