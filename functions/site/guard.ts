// Sets the headers of every response, and rejects forms from other sites.

import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { visible } from '../domain/wording.ts';
import { FORM_REJECTED } from './texts.ts';

const SOURCES = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};
const PRIVATE = { referrerPolicy: 'no-referrer', xFrameOptions: 'DENY' };

/** No script, no frame, no external content, no referrer: the address of a page is the credential. */
export const guardedHeaders = secureHeaders({ contentSecurityPolicy: SOURCES, ...PRIVATE });

/** The same for pages with the console's own script, which loads the page again. */
export const scriptedHeaders = secureHeaders({
  contentSecurityPolicy: { ...SOURCES, scriptSrc: ["'self'"], connectSrc: ["'self'"] },
  ...PRIVATE,
});

export const noStore: MiddlewareHandler = async (c, next) => {
  await next();
  c.header('Cache-Control', 'no-store');
  c.header('X-Robots-Tag', 'noindex, nofollow');
};

/** Removes characters from pages that an alert could hide text with. The templates escape HTML. */
export const harmlessPages: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.get('Content-Type')?.startsWith('text/html')) return;
  const page = (await c.res.text()).split('\n').map(visible).join('\n');
  c.res = new Response(page, c.res);
};

/**
 * Rejects forms that another site sent. A sender also needs the link, so this is the second defence.
 *
 * Browsers send `Origin: null` in forms of pages with `Referrer-Policy: no-referrer`, which ours are. Sec-Fetch-Site
 * then decides. Browsers without it are protected by the link alone.
 * @see https://fetch.spec.whatwg.org/#append-a-request-origin-header-for-a-request
 */
export const ownFormsOnly =
  (webBaseUrl: string): MiddlewareHandler =>
  async (c, next) => {
    if (c.req.method !== 'POST') return next();
    const [type] = (c.req.header('Content-Type') ?? '').split(';');
    if (type?.trim().toLowerCase() !== 'application/x-www-form-urlencoded')
      throw new HTTPException(415, { message: FORM_REJECTED.wrongType });
    const site = c.req.header('Sec-Fetch-Site') ?? 'none';
    const origin = c.req.header('Origin') ?? 'null';
    const ours = origin === 'null' || origin === new URL(webBaseUrl).origin;
    if (!['same-origin', 'none'].includes(site) || !ours)
      throw new HTTPException(403, { message: FORM_REJECTED.otherSite });
    return next();
  };

/** Rejects a form of more than this many bytes with 413. */
export const formLimit = (maxSize: number): MiddlewareHandler =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new HTTPException(413, { message: FORM_REJECTED.tooLarge });
    },
  });
