// Texts of the page that resumes an account.
export const RESUME = {
  title: 'Resume after a halt',
  intro: {
    halt: 'Nothing is applied now. Undoing continues. Resuming ends exactly these entries:',
    ask: 'A person approves every action now. Resuming ends exactly these entries:',
    run: '',
  },
  entry: { halt: 'Halt', ask: 'Ask first' },
  by: (name: string, time: string) => (time ? `${name}, ${time}` : name),
  more: (count: number) => `${count} more are shown after this.`,
  cannotEnd: 'No resumption ends this. An operator must repair the record first.',
  why: 'Reason, for the audit and the team',
  how: 'Afterwards',
  run: 'Run: rules decide what runs',
  ask: 'Ask first: a person approves every action',
  submit: 'Resume',
  submitHint: 'a halt that is added meanwhile stays in force',
  actsAs: (name: string) => `No one signs in on this machine. You act as ${name}.`,
  again: 'Show the current list',
  noPage: { title: 'Not found', text: 'There is no page at this address.' },
  rejected: { title: 'Request rejected' },
  nothingHalted: { title: 'Nothing is halted', text: 'There is nothing to resume.' },
  mayNot: {
    title: 'You may not resume',
    text: 'Your role in the policy does not allow it. Nothing was changed.',
  },
  unreadable: {
    title: 'Nothing was resumed',
    text: 'A reason of at most 500 characters is required.',
  },
  stale: {
    title: 'Nothing was resumed',
    text: 'The page was too old, or was shown to someone else. Read the current list first.',
  },
  failed: {
    title: 'Resuming failed',
    text: 'Open the page again to see whether the account is still halted.',
  },
} as const;
