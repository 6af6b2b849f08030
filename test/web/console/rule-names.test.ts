// Names of rules on the console.
import { expect, test } from 'vitest';
import { DOUBT_CODES } from '../../../functions/gate/doubts.ts';
import { ruleName } from '../../../functions/web/console/rule-names.ts';

test('names each check of the analysis by what passes, not by its fault', () => {
  for (const code of DOUBT_CODES)
    expect(ruleName(code)).not.toMatch(/ not |unsupported|contradicts/);
  expect(ruleName('kill-switch')).toBe('kill switch');
});
