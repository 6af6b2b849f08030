// Puts a page into the console's frame, for one reader.
import type { Context } from 'hono';
import type { Html } from '../../site/page.ts';
import type { ConsoleDeps, ConsoleReader } from './deps.ts';
import { haltPathOf } from './halt-path.ts';
import { type ConsolePage, consoleFrame } from './pages/frame.ts';
import type { ConsoleStatus } from './status.ts';

export const framed = (
  deps: ConsoleDeps,
  c: Context,
  reader: ConsoleReader,
  { page, status }: { page: ConsolePage; status: ConsoleStatus },
): Html =>
  consoleFrame(page, {
    status,
    reader,
    policy: deps.policy,
    haltPath: haltPathOf(deps, c, reader),
    signsOut: deps.actsAs === null,
  });
