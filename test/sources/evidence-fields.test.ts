// Every field of the evidence tables is listed, and reaches the dossier.
import { expect, test } from 'vitest';
import * as guardduty from '../../functions/sources/guardduty/evidence-table.ts';
import * as sequence from '../../functions/sources/guardduty/sequence-evidence.ts';
import * as inspector from '../../functions/sources/inspector/parse.ts';
import type { Spec } from '../../functions/sources/read-evidence.ts';
import * as asff from '../../functions/sources/security-hub-asff/evidence.ts';
import * as ocsf from '../../functions/sources/security-hub-ocsf/evidence-table.ts';
import { dossierFrom } from '../dossier/case.ts';

const TABLES: Readonly<Record<string, readonly Spec[]>> = {
  'guardduty service': guardduty.SERVICE_EVIDENCE,
  'guardduty resource': guardduty.RESOURCE_EVIDENCE,
  'guardduty sequence': [sequence.SIGNALS, ...sequence.OTHERS],
  asff: asff.FINDING,
  'asff resource': asff.RESOURCES,
  ocsf: ocsf.FINDING,
  'ocsf resource': ocsf.RESOURCE,
  inspector: inspector.EVIDENCE,
};

const fieldsOf = ({ kind, at, values = {}, untrusted = {}, leaves = [], from, until }: Spec) => [
  ...Object.entries(values).map(([name, path]) => `${kind} ${at} ${name}=${path}`),
  ...Object.entries(untrusted).map(([name, path]) => `${kind} ${at} ${name}~${path}`),
  ...leaves.map((path) => `${kind} ${at} everything below ${path}`),
  ...(from ? [`${kind} ${at} from ${from}`] : []),
  ...(until ? [`${kind} ${at} until ${until}`] : []),
];

test('lists every field, who determines it, and where it is: a lost one shows here', async () => {
  const lines = Object.entries(TABLES).flatMap(([name, specs]) =>
    specs.flatMap(fieldsOf).map((line) => `${name}: ${line}`),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/evidence-fields.txt');
});

/** The object with a value at `a.b[].c`. */
const nested = (path: string, value: unknown): unknown =>
  path
    .split('.')
    .filter(Boolean)
    .reduceRight<unknown>((inner, step) => {
      const name = step.replace('[]', '');
      return { [name]: step.endsWith('[]') ? [inner] : inner };
    }, value);

const BLOCKS = [
  ['service', guardduty.SERVICE_EVIDENCE],
  ['resource', guardduty.RESOURCE_EVIDENCE],
] as const;
/** Paths through a map or a text with JSON have tests of their own. */
const isPlain = (path: string) => !/[{<]/.test(path);

test('shows each field of GuardDuty in the dossier under its name', () => {
  const missing = BLOCKS.flatMap(([block, specs]) =>
    specs.flatMap(({ at, values = {}, untrusted = {} }) =>
      Object.entries({ ...values, ...untrusted })
        .map(([name, path]) => ({ name, path: [block, at, path].filter(Boolean).join('.') }))
        .filter(({ name, path }) => {
          if (!isPlain(path)) return false;
          const event = { accountId: '111122223333', region: 'eu-central-1', id: 'f-1' };
          const body = { ...event, type: 'Recon:EC2/Portscan', severity: 5 };
          const dossier = dossierFrom({
            service: {},
            resource: {},
            ...body,
            ...Object(nested(path, 'ABC')),
          });
          return !new RegExp(`[ ,]${name}[=~]`).test(dossier);
        })
        .map(({ path }) => path),
    ),
  );
  expect(missing).toEqual([]);
});
