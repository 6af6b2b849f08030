// docs/generic-alert.md and the schema of the generic alert agree.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NamedKind, SeverityLabel, Traffic } from '../../functions/domain/alert.ts';
import { GenericAlert } from '../../functions/sources/generic/parse.ts';
import { alertOf } from '../intake/events.ts';

const PAGE = readFileSync(new URL('../../docs/generic-alert.md', import.meta.url), 'utf8');
const example = /```json\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '';

test('accepts the example on the page without notes', () => {
  expect(alertOf(example)).toMatchObject({
    source: 'generic',
    account: '111122223333',
    traffic: { layer: 'web', localPort: 443 },
    entities: [
      { ref: 'alert-1' },
      { ref: 'ip-1', value: '203.0.113.77', part: 'actor', attributes: { direction: 'inbound' } },
      { ref: 'resource-1', part: 'target', attributes: {} },
    ],
    notes: [],
  });
});

test('the page names every field and every value that a field allows', () => {
  const items = PAGE.split('\n- ').map((item) => item.split('\n\n')[0] ?? '');
  const row = (field: string) =>
    items.find((item) => item.split(':')[0]?.includes(`\`${field}\``)) ?? '';
  for (const field of Object.keys(GenericAlert.shape)) expect(row(field), field).not.toBe('');
  for (const kind of NamedKind.options) expect(row('entities[].kind')).toContain(`\`${kind}\``);
  for (const label of SeverityLabel.options) expect(row('severity')).toContain(`\`${label}\``);
  const { layer, direction } = Traffic.shape;
  for (const choice of [...layer.options, ...direction.options])
    expect(row('traffic')).toContain(`\`${choice}\``);
});
