// The reasons for a decline, as people read them.
import type { DeclineReason } from '../../domain/approval.ts';

export const DECLINE_REASONS: Readonly<Record<DeclineReason, string>> = {
  'false-alarm': 'False alarm',
  'expected-work': 'Expected work',
  'too-much-impact': 'Too much impact',
  'wrong-target': 'Wrong target',
  'not-enough-evidence': 'Not enough evidence',
  'something-else': 'Something else',
};

export const ASK_REASON = {
  heading: 'Why did you decline?',
  hint: 'Optional, one tap. Your decline is already counted.',
  form: 'Reason for the decline',
  note: 'Details (optional)',
} as const;
