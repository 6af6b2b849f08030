// Security Hub findings that a person sends with a custom action.
import { readAsff } from '../security-hub-asff/parse.ts';
import { source as asff } from '../security-hub-asff/source.ts';
import { defineSource } from '../source.ts';

export const source = defineSource({
  id: 'security-hub-custom-action',
  // https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-custom-actions.html
  events: {
    rule: 'SecurityHub',
    source: ['aws.securityhub'],
    detailTypes: ['Security Hub Findings - Custom Action'],
  },
  ...(asff.hasShape && { hasShape: asff.hasShape }),
  // The identity is that of the imported finding, so that both are one alert.
  parse(finding) {
    const draft = readAsff(finding);
    const { customAction = 'unnamed' } = finding.envelope;
    draft.collector.note(`A person sent it with the custom action "${customAction}"`);
    return draft;
  },
});
