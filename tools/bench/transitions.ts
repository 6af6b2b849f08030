// State transitions and function calls for one finding with two tier-1 actions.
import { randomUUID } from 'node:crypto';
import { freshEvent } from '../../local/samples.ts';
import { measuredAccount, webProbe } from './account.ts';

export async function transitions(): Promise<void> {
  const account = await measuredAccount();
  const calls: string[] = ['intake'];
  for (const [name, fn] of Object.entries(account.functions))
    account.functions[name] = (payload) => {
      calls.push(name);
      return fn(payload);
    };
  await account.accept(freshEvent(webProbe(), randomUUID, new Date()));
  await account.engine.idle();
  const entered = account.events.filter(({ type }) => type === 'entered').map(({ state }) => state);
  console.log('One finding with two tier-1 actions (goal: at most 10 transitions, 7 calls)');
  console.log(`  ${entered.length} state transitions: ${entered.join(', ')}`);
  console.log(`  ${calls.length} function calls: ${calls.join(', ')}\n`);
  await account.stop();
}
