// Declared scanners of policy: strangers' domains and roles of other accounts.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPolicy, POLICIES, PolicyError } from '../../functions/policy/load.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'policies-'));
  cpSync(POLICIES, directory, { recursive: true });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Fields and faults of a scanner that declares this, for account 123456789012. */
function faultsOf(declared: object): string[] {
  const scanner = { id: 'scan', owner: 'Ana', why: 'The weekly scan', until: '2027-03-31' };
  const shipped = readFileSync(join(POLICIES, 'calendar.yaml'), 'utf8');
  const given = JSON.stringify([{ ...scanner, ...declared }]);
  const changed = shipped.replace('scanners: []', `scanners: ${given}`);
  expect(changed).not.toBe(shipped);
  writeFileSync(join(directory, 'calendar.yaml'), changed);
  try {
    loadPolicy(directory, 'example');
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.faults.map(({ field, expected }) => `${field}: ${expected}`);
  }
}

test.each([
  { domains: ['scan.vendor.example', 'vendor.example', 'probes.vendor.co.uk', 'vendor.github.io'] },
  { roles: ['arn:aws:iam::123456789012:role/security/scanner'] },
  { networks: ['198.51.100.64/28'] },
])('accepts a scanner with %j', (declared) => {
  expect(faultsOf(declared)).toEqual([]);
});

test.each([
  ...['com.au', 'co.uk', 'github.io', 'amazonaws.com', 'compute.amazonaws.com'],
  ...['eu-west-1.compute.amazonaws.com', 'compute-1.amazonaws.com', 'ck.ck', 'kawasaki.jp'],
  ...['googleusercontent.com', 'clients.your-server.de', 'linode.com', 'cloudapp.azure.com'],
])('rejects the domain %s, in which strangers get names', (domain) => {
  expect(faultsOf({ domains: ['scan.vendor.example', domain] })).toEqual([
    `scanners.0.domains.1: expected a domain in which only the owner of the scanner names hosts: strangers get names in ${domain}`,
  ]);
});

test.each([
  'com',
  'Scan.vendor.example',
  '*.vendor.example',
  '.vendor.example',
  'a..example',
  '10.1',
])('rejects %s as a domain', (domain) => {
  expect(faultsOf({ domains: [domain] })).toEqual([
    `scanners.0.domains.0: expected a domain of at least two labels in lower case, such as scan.vendor.example, found "${domain}"`,
  ]);
});

test('rejects a role of another account, and one that is no ARN of a role', () => {
  const other = 'arn:aws:iam::999900001111:role/scanner';
  expect(faultsOf({ roles: [other] })).toEqual([
    `scanners.0.roles.0: expected a role of account 123456789012, found "${other}"`,
  ]);
  expect(faultsOf({ roles: ['scanner'] })).toEqual([
    'scanners.0.roles.0: expected the ARN of an IAM role, such as arn:aws:iam::123456789012:role/scanner, found "scanner"',
  ]);
});

test('rejects a scanner that declares nothing', () => {
  expect(faultsOf({})).toEqual([
    'scanners.0.networks: missing, expected networks, domains or roles',
  ]);
  expect(faultsOf({ domains: [] })).toEqual([
    'scanners.0.domains: expected at least 1 entry, found an empty list',
  ]);
});

test.each([
  [
    { networks: ['198.51.100.64/99'] },
    'scanners.0.networks.0: expected an IPv4 range such as 198.51.100.0/24 or an IPv6 range such as 2001:db8::/32, found "198.51.100.64/99"',
  ],
  [
    { networks: '198.51.100.64/28-and-more' },
    'scanners.0.networks: expected a list, found "198.51.100.64/28-and-more"',
  ],
  [
    { domains: ['vendor.example'], until: '31.3.2027' },
    'scanners.0.until: expected a date such as "2027-03-31", found "31.3.2027"',
  ],
  [
    { domains: ['vendor.example'], id: 'Our Scanner' },
    'scanners.0.id: expected 3 to 64 lower-case letters, digits and dashes, found "Our Scanner"',
  ],
])('says which form a value in %j must have', (declared, fault) => {
  expect(faultsOf(declared)).toEqual([fault]);
});
