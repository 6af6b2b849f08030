// JSON Schemas of the policy files, for completion and validation in editors.
import * as z from 'zod/mini';
import { AccountFile } from './schemas/account-file.ts';
import { ActionsFile } from './schemas/actions.ts';
import { AnalysisFile } from './schemas/analysis.ts';
import { CalendarFile } from './schemas/calendar.ts';
import { ChannelsFile } from './schemas/channels.ts';
import { DrillFile } from './schemas/drill.ts';
import { EffectiveFile } from './schemas/effective.ts';
import { EscalationFile } from './schemas/escalation.ts';
import { LimitsFile } from './schemas/limits.ts';
import { ProtectedFile } from './schemas/protected.ts';

const FILES = {
  account: AccountFile,
  actions: ActionsFile,
  analysis: AnalysisFile,
  calendar: CalendarFile,
  channels: ChannelsFile,
  drill: DrillFile,
  effective: EffectiveFile,
  escalation: EscalationFile,
  limits: LimitsFile,
  protected: ProtectedFile,
};

/** The file name and content of each schema. */
export const jsonSchemas = (): (readonly [file: string, content: string])[] =>
  Object.entries(FILES).map(([name, schema]) => [
    `${name}.schema.json`,
    `${JSON.stringify({ title: `Countermand ${name}`, ...z.toJSONSchema(schema, { io: 'input' }) }, null, 2)}\n`,
  ]);
