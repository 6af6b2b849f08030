// Sentences about what CloudTrail, AWS Config and flow logs list.
import { capitalised, counted } from '../../domain/wording.ts';
import { connectionsText, portText } from '../../messaging/texts/looked-up.ts';
import type { Take, Writer } from './evidence-fields.ts';

export const activityText: Writer = (take, { about }) => {
  const changes = take('changes to IAM or logging') ?? 'none listed';
  const isNone = changes === 'none listed';
  return [
    `${about} made ${counted(take('events') ?? 'some', 'call')}: ${(take('calls') ?? 'none').split(', ').map(callText).join(', ')}`,
    isNone
      ? 'No change to IAM or logging is listed'
      : `It changed IAM or logging: ${changes.split(' ').join(', ')}`,
    ...['networks', 'regions', 'user agents'].flatMap((what) => newText(what, take(`new ${what}`))),
    ...partText(take('read')),
  ].join('. ');
};

/** `a part, back to 10:05 UTC` */
const partText = (read: string | undefined): string[] =>
  read === undefined ? [] : [`Only a part was read${read.replace(/^a part/, '')}`];

/** `iam:CreateUser 1 and 3 failed (AccessDenied)` */
const callText = (call: string): string => {
  const [, name, succeeded, failed, error] =
    /^(\S+) (\d+)(?: and (\d+) failed \((.*)\))?$/.exec(call) ?? [];
  if (!name) return call;
  const bad = failed ? `${failed} failed with ${error}` : '';
  return `${name} (${[succeeded === '0' && failed ? '' : `${succeeded} succeeded`, bad].filter(Boolean).join(', ')})`;
};

/** `none (3 before)` */
function newText(what: string, found: string | undefined): string[] {
  if (found === undefined) return [];
  const [, names = found, before] = /^(.*) \((\d+) before\)$/s.exec(found) ?? [];
  const seen = before ? ` (${before} before)` : '';
  return [names === 'none' ? `No new ${what}${seen}` : `New ${what}: ${names}${seen}`];
}

export const callsText: Writer = (take, { about }) => {
  const [call, by, succeeded, failed] = ['call', 'by', 'succeeded', 'failed'].map(take);
  const who = by ?? 'Another identity';
  return `${capitalised(who)} called ${call ?? 'an API'} on ${about}: ${succeeded ?? '0'} succeeded${failed ? `, ${failed.replace(/ \(([^)]*)\)/, ' failed with $1')}` : ''}`;
};

export const configText: Writer = (take, { about }) => {
  const group = take('security group');
  const ports = (name: string): string | undefined =>
    take(name)?.split(' and ').map(portText).join(' and ');
  const [opened, closed, effect] = [
    ports('opened to everyone'),
    ports('closed to everyone'),
    take('effect'),
  ];
  const [recorded, status, changed] = [take('recorded'), take('status'), take('changed')];
  const done = [
    opened && `opened ${opened} to everyone`,
    closed && `closed ${closed} to everyone`,
    recorded && `was recorded ${recorded}`,
    status && `was ${status}`,
    changed && `changed (${changed})`,
  ].filter(Boolean);
  return [
    `${group ? `Security group ${group} of ${about}` : about} ${done.join(' and ') || 'changed'}`,
    ...(effect ? [`Effect: ${effect}`] : []),
    ...partText(take('read')),
  ].join('. ');
};

export const flowText: Writer = (take, { about, lead, shown }) => {
  const [, word, first, second] = /^(from|between) (\S+) (?:to|and) ([^\s,]+)/.exec(lead) ?? [];
  if (!word || !first || !second) return otherFlows(take, about);
  const proven = take('data both ways');
  take('begun by');
  const recorded = (name: string) => {
    const value = take(name);
    return value === undefined || value === 'not recorded' ? '0' : value;
  };
  const [sent, received] = [take('out'), take('in')];
  const text = connectionsText({
    who: `${word} ${shown(first)} ${word === 'from' ? 'to' : 'and'} ${shown(second)}`,
    accepted: recorded('accepted'),
    rejected: recorded('rejected'),
    proven: proven ?? null,
    ports: (take('ports') ?? '').replace(/^([\d ]*\d)/, (ports) => ports.split(' ').join(', ')),
    isUnclear: word === 'between',
    lastAt: null,
  });
  return received || sent ? `${text} The host received ${received} and sent ${sent}.` : text;
};

const otherFlows = (take: Take, host: string): string => {
  const [own, out, foreign] = [take('begun by the host'), take('out'), take('begun by others')];
  const connections = (text = '0') =>
    text.replace(/^(?:at least )?\d+/, (count) => counted(count, 'connection'));
  const text = `${host} began ${connections(own)} outside this alert and sent ${out ?? 'no data'}. Others tried to connect to it: ${foreign ?? 'none'}`;
  return text.replaceAll(/\b1 (public )?addresses/g, '1 $1address');
};
