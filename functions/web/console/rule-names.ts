// Names of rules on the console, where "passed" follows them.
import { words } from '../../domain/wording.ts';

/** Those whose stored ID names the fault, or is no English. */
const NAMES: Readonly<Record<string, string>> = {
  'address-is-the-attackers': 'address is the attacker’s',
  'address-is-not-of-aws': 'address does not belong to AWS',
  'not-our-own-doing': 'not caused by our own action',
  'verdict-unsupported': 'verdict cites evidence',
  'verdict-contradicts-acts': 'verdict justifies the recommendations',
  'evidence-not-cited': 'recommendation cites evidence',
  'evidence-not-found': 'cited evidence exists',
  'evidence-does-not-fit': 'cited evidence fits',
  'reference-not-found': 'analysis names only entities of the alert',
  'source-not-read': 'cited sources were read',
  'number-not-found': 'evidence shows the numbers',
  'text-not-checked': 'analysis is in English',
};

export const ruleName = (id: string): string => NAMES[id] ?? words(id);
