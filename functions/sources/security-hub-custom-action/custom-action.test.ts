// Findings that a person sends with a Security Hub custom action.
import { expect, test } from 'vitest';
import { alertOf, sample as copyOf, findingsIn } from '../../../test/intake/events.ts';
import { rewrapped } from '../unwrap.ts';

const sample = copyOf('port-probe');
const { actionName: _name, actionDescription: _description, ...imported } = sample.detail;

test('gives the sent finding the identity of the imported finding', () => {
  const sent = alertOf(sample);
  const other = alertOf({
    ...sample,
    'detail-type': 'Security Hub Findings - Imported',
    detail: imported,
  });
  const identity = ({ source, account, region, findingId, type }: typeof sent) => [
    source,
    account,
    region,
    findingId,
    type,
  ];
  expect(identity(sent)).toEqual(identity(other));
});

test('names the custom action in a note, also after a replay', () => {
  const [finding] = findingsIn(sample);
  if (!finding) throw new Error('the sample has no finding');
  for (const body of [sample, rewrapped(finding)])
    expect(alertOf(body).notes).toEqual([
      'A person sent it with the custom action "Send to Countermand"',
    ]);
});

test('truncates the name of the action to 200 characters', () => {
  const detail = { ...sample.detail, actionName: 'x'.repeat(300) };
  expect(alertOf({ ...sample, detail }).notes.join()).toMatch(/"x{200}"$/);
});
