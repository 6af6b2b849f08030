// JSON Schemas of the policy files, for editors: completion and red lines while somebody types.
import { z } from 'zod';
import { AccountFile } from '../functions/domain/policy/account.ts';
import { ActionsFile } from '../functions/domain/policy/actions.ts';
import { CalendarFile } from '../functions/domain/policy/calendar.ts';
import { ChannelsFile } from '../functions/domain/policy/channels.ts';
import { DrillFile } from '../functions/domain/policy/drill.ts';
import { EffectiveFile } from '../functions/domain/policy/effective.ts';
import { EscalationFile } from '../functions/domain/policy/escalation.ts';
import { LimitsFile } from '../functions/domain/policy/limits.ts';
import { ProtectedFile } from '../functions/domain/policy/protected.ts';

const FILES = {
  account: AccountFile,
  actions: ActionsFile,
  calendar: CalendarFile,
  channels: ChannelsFile,
  drill: DrillFile,
  effective: EffectiveFile,
  escalation: EscalationFile,
  limits: LimitsFile,
  protected: ProtectedFile,
};

/** File name and content of each. */
export const jsonSchemas = (): (readonly [file: string, content: string])[] =>
  Object.entries(FILES).map(([name, schema]) => [
    `${name}.schema.json`,
    `${JSON.stringify({ title: `Countermand ${name}`, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`,
  ]);
