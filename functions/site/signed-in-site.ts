// The frame of a small site for signed-in people: headers, forms and errors.
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { errorFields, type Log } from '../platform/log.ts';
import { formLimit, guardedHeaders, harmlessPages, noStore, ownFormsOnly } from './guard.ts';
import { type Back, noticePage } from './page.ts';

type Notice = { title: string; text: string };
export type SiteNotices = Readonly<{
  noPage: Notice;
  /** Its text is that of the error. */
  rejected: Pick<Notice, 'title'>;
  failed: Notice;
}>;

/** An app without routes. It logs `what` failed, and shows people the notices with a way back. */
export function signedInSite(
  { webBaseUrl, log }: { webBaseUrl: string; log: Log },
  {
    what,
    maxFormBytes,
    notices,
    back,
  }: {
    what: string;
    maxFormBytes: number;
    notices: SiteNotices;
    back: Back;
  },
): Hono {
  const app = new Hono();
  app.use(guardedHeaders, noStore, harmlessPages);
  app.use(formLimit(maxFormBytes));
  app.use(ownFormsOnly(webBaseUrl));
  app.notFound((c) => c.html(noticePage(notices.noPage, back), 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      const rejected = { ...notices.rejected, text: error.message };
      return c.html(noticePage(rejected, back), error.status);
    }
    log('error', `${what} failed`, errorFields(error));
    return c.html(noticePage(notices.failed, back), 500);
  });
  return app;
}
