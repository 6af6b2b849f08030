// Declared scanners: which addresses they cover, and that no rule reads them.
import { expect, test } from 'vitest';
import { scannerAt } from '../../functions/enrich/scanner.ts';
import { signsOf } from '../../functions/playbook/signs.ts';
import { CalendarFile } from '../../functions/policy/schemas/calendar.ts';
import { alertWith, factsAbout, factsWith } from '../fixtures/case.ts';

const declared = (change: object = {}) =>
  CalendarFile.parse({
    changeCalendars: [],
    plannedWork: [],
    scanners: [
      {
        id: 'weekly-scan',
        owner: 'Platform security',
        why: 'The weekly scan of all public addresses',
        networks: ['198.51.100.64/28', '2001:db8:5::/48'],
        until: '2026-11-24',
        ...change,
      },
    ],
  }).scanners;
const at = (address: string, now = '2026-11-24T23:59:00.000Z') =>
  scannerAt(address, declared(), new Date(now))?.id ?? null;

test.each(['198.51.100.64', '::ffff:198.51.100.70', '198.51.100.72/30', '2001:db8:5:1::9'])(
  'knows the scanner at %s until the end of its last day',
  (address) => {
    expect(at(address)).toBe('weekly-scan');
    expect(at(address, '2026-11-25T00:00:00.000Z')).toBeNull();
  },
);

test.each([
  ['beside the network', '198.51.100.80'],
  ['only partly within it', '198.51.100.0/24'],
  ['named as the scanner', 'weekly-scan'],
  ['with a text after it', '198.51.100.64 (Platform security)'],
  ['as the name of a host', '198.51.100.64.scanner.example.com'],
])('knows no scanner at an address %s', (_, address) => {
  expect(at(address)).toBeNull();
});

test.each(['0.0.0.0/0', '198.51.0.0/15', '2001:db8::/31', '198.51.100.64'])(
  'rejects a policy that declares %s',
  (network) => {
    expect(() => declared({ networks: [network] })).toThrow(/networks/);
  },
);

test('an address with a declared scanner gives the playbook the same signs', () => {
  const { address } = factsAbout('ip-1');
  const scanner = scannerAt('198.51.100.64', declared(), new Date('2026-11-24T00:00:00.000Z'));
  const declaring = factsWith(factsAbout('ip-1', { address: { ...address!, scanner: scanner! } }));
  expect(declaring.entities[0]?.address?.scanner).toEqual(scanner);
  expect(signsOf(alertWith(), declaring)).toEqual(signsOf(alertWith(), factsWith()));
});
