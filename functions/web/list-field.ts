// A form field with one value for each request on the page.
import * as z from 'zod/mini';

/** Maximum number of requests on one page. The form must fit into the limit of a request. */
export const MOST_TOGETHER = 60;

/** Browsers send one value as a string and several as a list. */
export const listField = <Out>(item: z.ZodMiniType<Out, string>) =>
  z._default(
    z.pipe(
      z.transform((given) => (given === undefined ? [] : [given].flat())),
      z.array(item).check(z.maxLength(MOST_TOGETHER)),
    ),
    [],
  );
