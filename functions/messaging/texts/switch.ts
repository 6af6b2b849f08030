// Messages to the team when a person halts or resumes the account.
import type { SwitchMode } from '../../domain/kill-switch.ts';
import { utc } from '../../domain/wording.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Message } from '../message.ts';

type Words = Pick<Message, 'subject' | 'paragraphs'>;

/** The name of `person:ana.silva`, or the ID if the person isn't in policy. */
export function nameOf(people: Policy['escalation']['people'], by: string): string {
  const id = by.replace(/^person:/, '');
  return Object.hasOwn(people, id) ? (people[id]?.name ?? id) : id;
}

export const haltedText = (
  account: string,
  { mode, name, at, why }: { mode: 'ask' | 'halt'; name: string; at: string; why: string },
): Words => ({
  subject:
    mode === 'halt'
      ? 'Halted: no action is applied'
      : 'The kill switch is set to ask: a person approves every action',
  paragraphs: [
    `${name} set the kill switch of account ${account} to ${mode} at ${utc(at)}. Reason: ${why}`,
    'Undoing continues. A manager or a lead can resume in the console.',
  ],
});

const NOW: Readonly<Record<SwitchMode, string>> = {
  run: 'Resumed: rules decide again what runs',
  ask: 'Resumed in part: a person approves every action',
  halt: 'Still halted: another halt is in force',
};

/** `mode`: the mode after the resumption, including halts that it doesn't name. */
export const resumedText = (
  { account, escalation }: Pick<Policy, 'account' | 'escalation'>,
  { mode, by, at, why }: { mode: SwitchMode; by: string; at: string; why: string },
): Words => ({
  subject: NOW[mode],
  paragraphs: [
    `${nameOf(escalation.people, by)} resumed account ${account} at ${utc(at)}. Reason: ${why}`,
    `The kill switch is now set to ${mode}.`,
  ],
});

/** To the team, without paging anyone. */
export const switchNotice = (key: string, words: Words): Message => ({
  key: key.slice(0, 128),
  to: { kind: 'team' },
  urgency: 'inform',
  ends: [],
  ...words,
  facts: [],
  steps: [],
  links: [],
  incidentId: 'none',
  actionId: null,
});
