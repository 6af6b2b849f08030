// A finding sent by a custom action is the imported finding, with who sent it.
import { expect, test } from 'vitest';
import { normalise } from '../normalise.ts';
import { alone, unwrap } from '../unwrap.ts';
import sample from './samples/port-probe.json' with { type: 'json' };

const found = (body: string) => {
  const [finding] = unwrap(body);
  if (!finding || 'error' in finding) throw finding?.error ?? new Error('nothing was found');
  return finding;
};
const { actionName: _name, actionDescription: _description, ...imported } = sample.detail;

test('it has the identity of the imported finding', () => {
  const sent = normalise(found(JSON.stringify(sample)));
  const other = normalise(
    found(
      JSON.stringify({
        ...sample,
        'detail-type': 'Security Hub Findings - Imported',
        detail: imported,
      }),
    ),
  );
  const identity = ({ source, account, region, findingId, type }: typeof sent) => [
    source,
    account,
    region,
    findingId,
    type,
  ];
  expect(identity(sent)).toEqual(identity(other));
});

test('the alert says by which action a person sent it, also when it is replayed alone', () => {
  const finding = found(JSON.stringify(sample));
  for (const one of [finding, found(alone(finding))])
    expect(normalise(one).entities.find(({ kind }) => kind === 'alert')?.attributes).toMatchObject({
      sentByCustomAction: 'Send to Countermand',
    });
});
