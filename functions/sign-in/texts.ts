// What people read while they sign in.

type Page = { title: string; text: string };

export const SIGN_IN = {
  backToRequest: 'Back to the request',
  backToConsole: 'Back to the console',
  startAgain: {
    title: 'Please start again',
    text: 'Open the link in your message, or the console, again. This sign-in started in another browser, or too long ago. Nothing was decided.',
  },
  unavailable: {
    title: 'You cannot sign in now',
    text: 'Please try again in a minute: the identity provider does not answer. Nothing was decided. Other approvers are still asked.',
  },
  refused: {
    title: 'Sign-in refused',
    text: 'The identity provider’s answer was not valid. Nothing was decided.',
  },
  notFresh: {
    title: 'Sign in again',
    text: 'The identity provider did not confirm that you signed in just now. Nothing was decided.',
  },
  noSecondFactor: {
    title: 'Second factor required',
    text: 'The identity provider did not confirm a second factor. Nothing was decided.',
  },
  otherPerson: (name: string, why: string): Page => ({
    title: 'Not your link',
    text: `This link was sent to ${name}. ${why} Nothing was decided.`,
  }),
  notInPolicy: (why: string): Page => ({ title: 'No access', text: why }),
  noOneMatches: 'The policy names no person with the account that you signed in with.',
  severalMatch: 'The policy names several people with the account that you signed in with.',
  unknownPerson: 'The policy no longer names this person.',
  wrongAccount: 'You signed in with another account.',
  noClaim: (claim: string) => `The identity provider did not say who you are: no “${claim}”.`,
  unverified: 'The identity provider has not verified your email address.',
} as const;
