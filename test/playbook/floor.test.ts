// The floor: what a model may add to the playbook's opinion, and what not.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Alert, SeverityLabel } from '../../functions/domain/alert.ts';
import {
  Assessment,
  aboutAlert,
  failed,
  type Recommendation,
} from '../../functions/domain/assessment.ts';
import * as floor from '../../functions/playbook/floor.ts';
import { judge } from '../../functions/playbook/playbook.ts';
import { alertWith, recommend } from '../fixtures/case.ts';

const probe = (label: SeverityLabel) => alertWith({ severity: { score: 5, label } });
const answer = (recommendations: Recommendation[], verdict: Assessment['verdict'] = 'benign') =>
  Assessment.parse({
    verdict,
    summary: 'Nothing to see.',
    recommendations,
    origin: 'anthropic',
    model: 'a-model',
    failure: null,
  });
const withFloor = (assessment: Assessment, alert: Alert) =>
  floor.withFloor(assessment, alert, judge({ alert }));
const actionsIn = ({ recommendations }: Assessment) =>
  recommendations.map(({ action }) => action).sort();

test('P12: keeps the ticket and the question of a critical alert that the model calls benign', () => {
  expect(actionsIn(withFloor(answer([]), probe('critical')))).toEqual([
    'add_ip_to_watchlist',
    'block_ip_at_firewall',
    'create_alert_ticket',
  ]);
});

test('lets the model leave out a question about a medium alert, but not the ticket', () => {
  expect(actionsIn(withFloor(answer([]), probe('medium')))).toEqual(['create_alert_ticket']);
});

test.each(['unclear', 'suspicious', 'malicious'] as const)(
  'asks what the playbook asks about a medium alert that the model calls %s',
  (verdict) => {
    expect(actionsIn(withFloor(answer([], verdict), probe('medium')))).toEqual([
      'block_ip_at_firewall',
      'create_alert_ticket',
    ]);
  },
);

test('puts the playbook in the place of a failed analysis, and keeps the reason', () => {
  const assessment = withFloor(failed('the model stopped with refusal'), probe('medium'));
  expect(assessment).toMatchObject({
    origin: 'fallback',
    verdict: 'suspicious',
    failure: 'the model stopped with refusal',
  });
  expect(actionsIn(assessment)).toContain('block_ip_at_firewall');
});

describe('the same recommendation by both', () => {
  const block = (confidence: number) => recommend({ confidence, reasoning: 'by the model' });
  const blocks = (given: Recommendation) =>
    withFloor(answer([given]), probe('high')).recommendations.filter(
      ({ action }) => action === 'block_ip_at_firewall',
    );

  test('is made once, with the reasoning of the more confident one', () => {
    expect(blocks(block(95))).toMatchObject([{ confidence: 95, reasoning: 'by the model' }]);
    expect(blocks(block(1))).toMatchObject([{ confidence: 80 }]);
  });
});

test('P12: no answer of a model removes or shortens what the playbook recommends about a severe alert', () => {
  const recommendation = fc.oneof(
    fc.constantFrom(
      recommend({ confidence: 0 }),
      recommend({ confidence: 100, parameters: { durationMinutes: 1 } }),
      recommend({ action: 'send_analyst_notification', target: 'alert-1', confidence: 0 }),
      { ...aboutAlert('create_alert_ticket', ''), confidence: 0 },
    ),
    fc.record({
      action: fc.string({ minLength: 1, maxLength: 64 }),
      target: fc.string({ minLength: 1, maxLength: 64 }),
      parameters: fc.constant({ durationMinutes: 1 }),
      confidence: fc.integer({ min: 0, max: 100 }),
      reasoning: fc.string({ maxLength: 50 }),
    }),
  );
  fc.assert(
    fc.property(
      fc.array(recommendation, { maxLength: 10 }),
      fc.constantFrom(...SeverityLabel.options),
      (recommendations, label) => {
        const alert = probe(label);
        const least = withFloor(answer([]), alert).recommendations;
        const merged = Assessment.parse(withFloor(answer(recommendations), alert)).recommendations;
        for (const one of least)
          expect(
            merged.some(
              ({ action, target, confidence, parameters }) =>
                action === one.action &&
                target === one.target &&
                confidence >= one.confidence &&
                parameters.durationMinutes === one.parameters.durationMinutes,
            ),
          ).toBe(true);
      },
    ),
  );
});
