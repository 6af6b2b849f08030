// The compiled policy of one account: merged and validated.
import * as z from 'zod/mini';
import { ActionName } from '../domain/action-catalog.ts';
import {
  FlowLogGroups,
  Integrations,
  PartnerSource,
  Region,
  SignIn,
  WebAcls,
} from './schemas/account.ts';
import { ActionPolicy } from './schemas/actions.ts';
import { AnalysisFile } from './schemas/analysis.ts';
import { CalendarFile } from './schemas/calendar.ts';
import { ChannelsFile } from './schemas/channels.ts';
import { Canary } from './schemas/drill.ts';
import { EffectiveFile } from './schemas/effective.ts';
import { EscalationFile } from './schemas/escalation.ts';
import { LimitsFile } from './schemas/limits.ts';
import { ProtectedRule } from './schemas/protected.ts';

export const Policy = z.strictObject({
  /** SHA-256 of everything else, first 12 hex digits. */
  version: z.string().check(z.regex(/^[0-9a-f]{12}$/)),
  account: z.string(),
  /** The region whose stack changes IAM identities. Null: no stack does. */
  homeRegion: z._default(z.nullable(Region), null),
  mode: z.enum(['shadow', 'live']),
  stage: z.enum(['local', 'staging', 'production']),
  actions: z.record(ActionName, ActionPolicy),
  effective: EffectiveFile.shape.effective,
  escalation: EscalationFile,
  analysis: AnalysisFile,
  channels: ChannelsFile,
  limits: LimitsFile,
  ...CalendarFile.shape,
  protected: z.array(ProtectedRule),
  integrations: Integrations,
  signIn: z.nullable(SignIn),
  webAcls: WebAcls,
  flowLogGroups: FlowLogGroups,
  configHistory: z._default(z.boolean(), false),
  partnerSources: z.array(PartnerSource),
  canaries: z.array(Canary),
});
export type Policy = z.infer<typeof Policy>;
