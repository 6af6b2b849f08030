// A finding sent by a custom action is the imported finding, with who sent it.
import { expect, test } from 'vitest';
import { alertOf, sample as copyOf, findingsIn } from '../../../test/intake/events.ts';
import { alone } from '../unwrap.ts';

const sample = copyOf('port-probe');
const { actionName: _name, actionDescription: _description, ...imported } = sample.detail;

test('it has the identity of the imported finding', () => {
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

test('a note says by which action a person sent it, also when it is replayed alone', () => {
  const [finding] = findingsIn(sample);
  if (!finding) throw new Error('the sample holds no finding');
  for (const body of [sample, alone(finding)])
    expect(alertOf(body).notes).toEqual([
      'A person sent it by the custom action "Send to Countermand"',
    ]);
});

test('the name of the action is cut at 200 characters', () => {
  const detail = { ...sample.detail, actionName: 'x'.repeat(300) };
  expect(alertOf({ ...sample, detail }).notes.join()).toMatch(/"x{200}"$/);
});
