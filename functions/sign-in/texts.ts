// Texts of the sign-in pages.

type Page = { title: string; text: string };

export const SIGN_IN = {
  backToRequest: 'Back to the request',
  startAgain: {
    title: 'Start again',
    text: 'Open the link from your message, or the console, again. This sign-in was started in another browser or has expired. Nothing was decided.',
  },
  unavailable: {
    title: 'Sign-in is unavailable',
    text: 'Try again in a minute: the identity provider is not responding. Nothing was decided. The other approvers are still asked.',
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
  noOneMatches: 'No person in the policy matches the account that you signed in with.',
  severalMatch: 'Several people in the policy match the account that you signed in with.',
  unknownPerson: 'The policy no longer names this person.',
  wrongAccount: 'You signed in with another account.',
  noClaim: (claim: string) =>
    `The identity provider did not identify you: its answer has no “${claim}”.`,
  unverified: 'The identity provider has not verified your email address.',
} as const;
