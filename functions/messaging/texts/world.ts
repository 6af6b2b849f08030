// Message to the team about differences between AWS and the record.
import type { Message } from '../message.ts';

type Difference = {
  kind: 'wide' | 'unexplained' | 'missing' | 'returning';
  text: string;
  actions: readonly { headline: string }[];
};

/** More are counted. The log of the function `world` has all. */
const MAX_LINES = 20;

const HEADINGS = {
  wide: 'These entries affect more than one host or user. No action of Countermand does. Remove them now:',
  unexplained:
    'No action explains these entries. Someone else made them, or a record was removed. Check CloudTrail, then remove them:',
  missing:
    'These changes are recorded as in force, but AWS no longer has them. Nothing was put back. Check who removed them:',
  returning:
    'CloudFormation wrote these lists again and removed entries in force. They are put back under the same approval, and end at the same time, unless policy or the kill switch forbids it:',
} as const;

export function worldText(
  account: string,
  differences: readonly Difference[],
): Pick<Message, 'subject' | 'paragraphs'> {
  const sections = (['wide', 'unexplained', 'missing', 'returning'] as const).flatMap((kind) => {
    const lines = differences.filter((one) => one.kind === kind).map(lineOf);
    return lines.length > 0 ? [`${HEADINGS[kind]}\n${listOf(lines)}`] : [];
  });
  return {
    subject: subjectOf(differences),
    paragraphs: [`AWS differs from the record of Countermand in account ${account}.`, ...sections],
  };
}

function subjectOf(differences: readonly Difference[]): string {
  const count = (kind: Difference['kind']) => differences.filter((one) => one.kind === kind).length;
  if (count('wide') > 0) return `${counted(count('wide'), 'entry')} wider than one host`;
  const unexplained = count('unexplained');
  if (unexplained > 0) return `${counted(unexplained, 'entry')} that no action explains`;
  return count('missing') === 0
    ? `${counted(count('returning'), 'change')} removed by a deployment: putting back`
    : `${counted(count('missing'), 'change')} in force ${count('missing') === 1 ? 'is' : 'are'} gone from AWS`;
}

const counted = (count: number, what: 'entry' | 'change'): string =>
  count === 1 ? `1 ${what}` : `${count} ${what === 'entry' ? 'entries' : 'changes'}`;

const lineOf = ({ text, actions }: Difference): string =>
  actions[0] ? `- ${text} (${actions[0].headline})` : `- ${text}`;

const listOf = (lines: readonly string[]): string =>
  [
    ...lines.slice(0, MAX_LINES),
    ...(lines.length > MAX_LINES ? [`- and ${lines.length - MAX_LINES} more`] : []),
  ].join('\n');
