// Texts of the page that issues tokens of the API.
import { utc } from '../../domain/wording.ts';

export const TOKEN = {
  title: 'Create an API token',
  about: (minutes: number) =>
    `A program that has the token can read incidents in your name for ${minutes} minutes. It can’t change anything. Every read is recorded.`,
  create: 'Create a token',
  end: 'End API tokens',
  aboutEnd: 'Every token that was created until now stops working at once. The end is recorded.',
  endOwn: 'End my tokens',
  ofPerson: 'Tokens of',
  endTheirs: 'End their tokens',
  ended: (name: string) => ({
    title: 'API tokens ended',
    text: `The API refuses every token that ${name} created until now.`,
  }),
  mayNotEnd: {
    title: 'Not allowed',
    text: 'You can end your own tokens. Only a manager or lead can end those of others. Nothing was ended.',
  },
  issued: 'Your API token',
  copy: (until: Date) =>
    `Copy it now: it is not shown again. It is valid until ${utc(until)}. Anyone who has it can read every incident.`,
  signInFirst: {
    title: 'Sign in first',
    text: 'A token is issued after you sign in to the console.',
  },
  signIn: { path: '/sign-in/console?to=/console', label: 'Sign in to the console' },
  noRole: { title: 'Not allowed', text: 'None of your roles in policy lets you read incidents.' },
  notNeeded: { title: 'No token needed', text: 'No one signs in here, so the API needs no token.' },
} as const;
