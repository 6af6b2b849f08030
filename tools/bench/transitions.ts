// State transitions and function calls for one finding with two tier-1 actions.
import { randomUUID } from 'node:crypto';
import type { Out } from '../../cli/output.ts';
import { freshEvent } from '../../local/samples.ts';
import { measuredAccount, webProbe } from './account.ts';
import type { Figure } from './figure.ts';

export async function transitions(out: Out): Promise<Figure[]> {
  const entered: (string | null)[] = [];
  const account = await measuredAccount(({ type, state }) => {
    if (type === 'entered') entered.push(state);
  });
  const calls: string[] = ['intake'];
  for (const [name, fn] of Object.entries(account.functions))
    account.functions[name] = (payload) => {
      calls.push(name);
      return fn(payload);
    };
  await account.accept(freshEvent(webProbe(), randomUUID, new Date()));
  await account.engine.idle();
  await account.stop();
  out.line('One finding with two tier-1 actions (goal: at most 10 transitions, 7 calls)');
  out.line(`  ${entered.length} state transitions: ${entered.join(', ')}`);
  out.line(`  ${calls.length} function calls: ${calls.join(', ')}\n`);
  return [
    { measure: 'state transitions of one finding', value: entered.length, unit: 'count' },
    { measure: 'function calls of one finding', value: calls.length, unit: 'count' },
  ];
}
