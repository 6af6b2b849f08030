// JSON Schemas of the policy files, for editors: completion and red lines while somebody types.
import { z } from 'zod';
import { ChannelsFile } from '../functions/domain/channels.ts';
import {
  AccountFile,
  ActionsFile,
  CalendarFile,
  DrillFile,
  EffectiveFile,
  EscalationFile,
  LimitsFile,
  ProtectedFile,
} from '../functions/domain/policy.ts';

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
