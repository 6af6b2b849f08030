// The optional text that a person writes beside an answer.
import * as z from 'zod/mini';

/** As on the pages. Browsers count a line break as one character, but send two. */
const MAX_LENGTH = 300;

export const Remark = z._default(
  z.pipe(
    z.pipe(
      z.string(),
      z.transform((text) => text.replaceAll('\r\n', '\n')),
    ),
    z.string().check(z.trim(), z.maxLength(MAX_LENGTH)),
  ),
  '',
);
