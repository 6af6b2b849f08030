// Every command, by the name that follows npm run.
// A command checks its arguments before it imports the module that does the work: usage errors are answered at once.
import type { Command } from 'commander';
import {
  bench,
  benchCounts,
  benchSizes,
  check,
  dossier,
  evaluation,
  generate,
  language,
} from './commands/development.ts';
import { explain, replay } from './commands/events.ts';
import { mcp } from './commands/mcp.ts';
import { audit, drill, killSwitch, signEffects, tryChannels } from './commands/stack.ts';
import { start } from './commands/start.ts';

/** Functions, because a Command holds the state of one parse. */
export const COMMANDS: ReadonlyMap<string, () => Command> = new Map([
  ['start', start],
  ['check', check],
  ['replay', replay],
  ['explain', explain],
  ['audit', audit],
  ['drill', drill],
  ['sign-effects', signEffects],
  ['switch', killSwitch],
  ['try-channels', tryChannels],
  ['mcp', mcp],
  ['bench', bench],
  ['bench:counts', benchCounts],
  ['bench:sizes', benchSizes],
  ['dossier', dossier],
  ['eval', evaluation],
  ['generate', generate],
  ['language', language],
]);
