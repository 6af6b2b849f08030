// The site's text where no action is shown: bad links, bad forms, sign-in.
import type { Notice } from './status.ts';

/** A page without an action. */
type Page = Pick<Notice, 'title' | 'text'>;

export const NOT_FOUND: Page = { title: 'Not found', text: 'There is no page at this address.' };
export const INVALID_LINK: Page = {
  title: 'This link is not valid',
  text: 'This link has expired or was cut off. Open the full link from the original message. Nothing was decided.',
};
export const FAILED: Page = {
  title: 'Please look again',
  text: 'The site failed. Open the link again to see whether your answer was counted.',
};
export const rejected = (why: string): Page => ({
  title: 'Request rejected',
  text: `${why} Nothing was decided.`,
});

/** Why a request was rejected. */
export const REJECTED = {
  unreadable: 'The form could not be read. Open the link again.',
  notSlack: 'The request did not come from Slack, or is too old.',
  unknownClick: 'The click is not valid.',
} as const;

/** Answers to a click in Slack that decided nothing. */
export const SLACK_REFUSED = {
  invalid: {
    title: 'Nothing was decided',
    text: 'These buttons have expired, or belong to a test. The link in your message shows the current state.',
    tone: 'bad',
  },
  notYours: {
    title: 'Nothing was decided',
    text: 'These buttons belong to someone else, or the policy no longer knows your Slack account.',
    tone: 'bad',
  },
} as const satisfies Record<string, Notice>;
