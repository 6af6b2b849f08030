// Decides by product whether a finding reports activity or posture.
import type { Alert, Entity, Posture } from '../domain/alert.ts';
import { guardDutyType } from './fields.ts';

type Text = string | null | undefined;

/** Products that check configuration or look for weaknesses, and never observe an attack. */
const POSTURE_PRODUCTS: ReadonlyMap<string, Posture> = new Map([
  ['securityhub', 'configuration'],
  ['securityhubcspm', 'configuration'],
  ['securityhubexposure', 'configuration'],
  ['securityhubexposuredetection', 'configuration'],
  ['accessanalyzer', 'configuration'],
  ['iamaccessanalyzer', 'configuration'],
  ['config', 'configuration'],
  ['firewallmanager', 'configuration'],
  ['iotdevicedefenderaudit', 'configuration'],
  ['macie', 'configuration'],
  ['ssmpatchmanager', 'vulnerability'],
  ['systemsmanagerpatchmanager', 'vulnerability'],
  ['inspector', 'vulnerability'],
]);

/** `guardduty` from the first of its ARN, `arn:aws:securityhub:eu-central-1::product/aws/guardduty`, and its names. */
export function productFrom(arn: Text, ...names: readonly Text[]): string {
  const [, id] = /:product(?:v2)?\/aws\/([\w-]+)$/.exec(arn ?? '') ?? [];
  const name = id ?? names.find(Boolean) ?? '';
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/^(aws|amazon)/, '');
}

export const isGuardDuty = (product: string): boolean => product === 'guardduty';

/** What a Security Hub finding reports, by its product, its types and its blocks. */
export type Report = {
  product: string;
  types: readonly string[];
  /** What its compliance status, vulnerabilities or class say. */
  structure: Posture | null;
};

/** GuardDuty reports activity, in types of its own. A type alone proves nothing: any product may write it. */
export const reportsActivity = ({ product, types }: Report): boolean =>
  isGuardDuty(product) && guardDutyType(types) !== null;

/** Null for activity, and for a finding that may be either. */
export const postureOf = (report: Report): Posture | null =>
  reportsActivity(report) ? null : (POSTURE_PRODUCTS.get(report.product) ?? report.structure);

/** Only GuardDuty says what a credential did. In its findings about packets, a credential is only mentioned. */
export function partOfCredentials(report: Report, { layer }: Alert['traffic']): Entity['part'] {
  if (!reportsActivity(report)) return 'target';
  return layer === 'aws-api' || layer === 'unknown' ? 'actor' : 'related';
}
