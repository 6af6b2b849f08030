// An action after its first two transitions, as the table stores it.

import type { Action } from '../../functions/domain/action.ts';
import { recordItem } from '../../functions/store/due.ts';
import { transition } from '../../functions/store/hash-chain.ts';
import { incidentKey } from '../../functions/store/layout.ts';
import { toyAction } from '../execute/toy.ts';
import { NOW } from '../fixtures/case.ts';
import { signed } from '../fixtures/proofs.ts';

export const soon = '2026-11-24T05:00:00.000Z';
export const proposed = toyAction({ attentionAt: soon });
export const executing = signed(
  transition(proposed, 'executing', { at: NOW, by: 'execute', text: 'State recorded' }),
);
export const item = (record: Action) =>
  recordItem(incidentKey('action', record.incidentId, record.actionId), record);
