// Every text of the demo's own pages, in the order of the page.

export const FRAME = {
  notFound: { title: 'Not found', text: 'There is no page at this address.' },
  failed: { title: 'The request failed', text: 'The log has the reason. Try again.' },
} as const;

export const START = {
  title: 'Demo',
  heading: 'Try Countermand on a made-up AWS account',
  about:
    'Send a finding. Countermand assesses it, acts within policy, and asks the person on call about the rest. Answer from the messages, and follow the incident in the console.',
  analysis: (analyst: string) => `Analysis by ${analyst}.`,
  account: 'The account',
  shadow: 'Shadow mode judgements',
} as const;

export const ALERTS = {
  heading: 'Send a finding',
  more: (count: number) => `${count} more samples`,
  paste: 'Paste your own event',
  pasteHint: 'A GuardDuty or Security Hub finding, a generic alert, or an event from EventBridge',
  send: 'Send',
  rejected: 'The event was rejected.',
  kept: 'It is kept with the reason and can be replayed:',
} as const;

export const EMPTIED = {
  heading: 'Empty the block and watch lists',
  hint: 'Wait a minute after a change was made: until then, Countermand does not report it as missing.',
  by: [
    {
      by: 'person',
      title: 'A person empties the lists',
      story: 'The team is paged about each change that was removed. Nothing is put back.',
    },
    {
      by: 'deployment',
      title: 'A deployment of Countermand empties the lists',
      story: 'The changes are put back at once, and are still undone on time.',
    },
  ],
} as const;

export const INBOX = {
  heading: 'Messages to people',
  empty: 'No messages yet. Approval requests and reports arrive here.',
  all: (count: number) => `All ${count} messages`,
  back: 'Back to the start',
  pages: 'Pages of messages',
  to: (name: string) => `To ${name}`,
  now: 'now',
  outcome: 'See the outcome',
  read: 'Read',
  team: 'the team',
} as const;

export const RESOURCES = {
  ipSets: 'WAF address sets',
  empty: 'empty',
  more: (count: number) => `and ${count} more`,
  identities: 'Users and keys',
  working: (count: number, all: number) =>
    count === all ? `All ${count} work` : `${count} others work`,
  cutOff: 'cut off',
  networkAcls: 'Network ACLs',
  isDefault: ' (default)',
  deniesNone: 'blocks no address',
  rule: (number: number, cidr: string, direction: string) => `${number}: deny ${cidr} ${direction}`,
} as const;

export const PROBLEMS = {
  rejected: 'Rejected events',
  kept: 'kept for replay',
} as const;

export const SHADOW = {
  heading: 'Was shadow mode right?',
  about: (count: number) =>
    `The recorded actions of the latest ${count} incidents, and how people judged them.`,
  back: 'Back to the start',
  list: 'Judgements',
  any: (kind: string) => `${/^[aeioAEIO]/.test(kind) ? 'an' : 'a'} ${kind}`,
  unknownTarget: 'an unknown target',
  empty: 'Nothing recorded yet. In shadow mode, actions that would run are recorded here.',
  tally: (observed: number, right: number, wrong: number) =>
    `${observed} recorded: ${right} right, ${wrong} wrong, ${observed - right - wrong} not judged`,
} as const;

export const DEMO = {
  label: 'Demo controls',
  nothing: 'Demo: nothing reaches AWS',
  samples: 'Samples',
  console: 'Console',
  hour: 'Next hour',
  event: 'Next event',
  shadow: 'Shadow mode',
  two: 'Two approvers',
  more: 'More',
  set: 'Use these settings',
  reset: 'Reset',
  otherHost: 'This server answers only as 127.0.0.1 or localhost.',
  nothingDue: {
    title: 'Nothing is due',
    text: 'No request, reminder or undo is pending. Send a sample first.',
  },
} as const;
