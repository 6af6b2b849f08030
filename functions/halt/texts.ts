// Texts of the stop button, for an answer other than the redirect back.
import { CONSOLE_PATH } from '../sign-in/console-path.ts';

export const SIGN_IN = { path: `/sign-in/console?to=${CONSOLE_PATH}`, label: 'Sign in' };

export const HALT = {
  /** Recorded when a person presses the button without a reason. */
  defaultWhy: 'halted in the console',
  noPage: { title: 'Not found', text: 'There is no page at this address.' },
  rejected: { title: 'Request rejected' },
  signInFirst: {
    title: 'Not halted',
    text: 'Your sign-in has ended. Sign in, then press Halt again.',
  },
  mayNot: {
    title: 'You may not halt',
    text: 'Your role in the policy does not allow it. Nothing was changed.',
  },
  failed: {
    title: 'The halt failed',
    text: 'Press Halt again. If it fails again, use the command in the runbook “Stop everything”.',
  },
};
