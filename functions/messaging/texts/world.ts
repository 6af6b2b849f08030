// Message to the team about differences between AWS and the record.
import type { Message } from '../message.ts';

type Difference = {
  kind: 'wide' | 'unexplained' | 'missing' | 'returning';
  text: string;
  actions: readonly { headline: string }[];
};

/** Further entries are only counted. The log of the function `world` lists all of them. */
const MAX_LINES = 20;

const HEADINGS = {
  wide: 'Remove these entries now. They affect more than one host or user, which no Countermand action does:',
  unexplained:
    'Check CloudTrail for who added these entries, then remove them. No action in the record explains them:',
  missing:
    'Check CloudTrail for who removed these changes. The record says that they are in force. Countermand does not put them back:',
  returning:
    'Countermand puts these entries back under the same approval and due time, unless policy or the kill switch forbids it. CloudFormation removed them when it rewrote the lists:',
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
    paragraphs: [`AWS does not match Countermand’s record in account ${account}.`, ...sections],
  };
}

function subjectOf(differences: readonly Difference[]): string {
  const count = (kind: Difference['kind']) => differences.filter((one) => one.kind === kind).length;
  if (count('wide') > 0)
    return `${counted(count('wide'), 'entry')} in AWS affecting more than one host`;
  const unexplained = count('unexplained');
  if (unexplained > 0) return `${counted(unexplained, 'entry')} in AWS that no action explains`;
  return count('missing') === 0
    ? `Putting back ${counted(count('returning'), 'change')} that a deployment removed`
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
