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
  tooLarge: 'The form is too large.',
  unreadable: 'The form could not be read. Open the link again.',
  wrongType: 'The form has an unsupported content type.',
  otherSite: 'The form came from another site.',
  notSlack: 'The request did not come from Slack, or is too old.',
  unknownClick: 'The click is not valid.',
} as const;

export const SIGN_IN = {
  startAgain: {
    title: 'Please start again',
    text: 'Open the link in your message again. This sign-in started in another browser, or too long ago. Nothing was decided.',
  },
  unavailable: {
    title: 'You cannot sign in now',
    text: 'Please try again in a minute: the identity provider does not answer. Nothing was decided. Other approvers are still asked.',
  },
  refused: {
    title: 'Sign-in refused',
    text: 'The identity provider’s answer was not valid. Nothing was decided.',
  },
  otherPerson: (name: string, why: string): Page => ({
    title: 'Not your link',
    text: `This link was sent to ${name}. ${why} Nothing was decided.`,
  }),
  unknownPerson: 'The policy no longer names this person.',
  wrongAccount: 'You signed in with another account.',
  noClaim: (claim: string) => `The identity provider did not say who you are: no “${claim}”.`,
  unverified: 'The identity provider has not verified your email address.',
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
