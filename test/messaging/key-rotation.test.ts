// The commands to replace a key: the recipients, and that they run unchanged.
import { describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import { rotationOf } from '../../functions/messaging/key-rotation.ts';
import { keptText, remindText, rotateText } from '../../functions/messaging/texts/in-force.ts';
import { toyAction } from '../execute/toy.ts';
import { attacker, leakedKey, NOW, partnerKey, suspectUser } from '../fixtures/case.ts';
import { callsOf } from '../shell.ts';

const revoked = (target: Entity, change: Partial<Action> = {}): Action =>
  toyAction({
    name: 'revoke_api_key',
    target,
    parameters: target.kind === 'access-key' ? { userName: suspectUser.value } : {},
    ...change,
  });

describe('the commands to replace a key', () => {
  const run = (lines: readonly string[]) =>
    callsOf(lines, { 'get-usage-plans': 'plan1 plan2', 'create-api-key': 'newkey0001' }).map(
      (words) => words.join(' '),
    );

  test('the rotation commands create the new access key before they delete the old one', () => {
    expect(run(rotationOf(revoked(leakedKey)))).toEqual([
      'iam get-access-key-last-used --access-key-id AKIAIOSFODNN7EXAMPLE',
      'iam create-access-key --user-name report-export',
      'iam update-access-key --user-name report-export --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive',
      'iam delete-access-key --user-name report-export --access-key-id AKIAIOSFODNN7EXAMPLE',
    ]);
  });

  test('the rotation commands add the new API key to every usage plan of the old one', () => {
    const here = '--region eu-central-1';
    expect(run(rotationOf(revoked(partnerKey)))).toEqual([
      `apigateway create-api-key --enabled --name replaces-k4partner9 --query id --output text ${here}`,
      `apigateway get-usage-plans --key-id k4partner9 --query items[].id --output text ${here}`,
      ...['plan1', 'plan2'].map(
        (plan) =>
          `apigateway create-usage-plan-key --usage-plan-id ${plan} --key-type API_KEY --key-id newkey0001 ${here}`,
      ),
      `apigateway get-api-key --api-key newkey0001 --include-value --query value --output text ${here}`,
      `apigateway delete-api-key --api-key k4partner9 ${here}`,
    ]);
  });
});

describe('the message with the commands to replace a key', () => {
  test.each([
    ['before the key is reactivated', (action: Action) => remindText(action, '', NOW)],
    ['while the action is kept', (action: Action) => keptText(action, '')],
    ['after the key was reactivated', rotateText],
  ])('sends the rotation commands %s', (_when, text) => {
    const commands = text(revoked(leakedKey))?.steps.flatMap(({ lines }) => lines);
    expect(commands?.join('\n')).toContain('aws iam create-access-key');
  });

  test('sends rotation commands for keys only', () => {
    const block = toyAction({ target: attacker });
    expect(remindText(block, '', NOW).paragraphs.join()).not.toContain('new key');
  });
});
