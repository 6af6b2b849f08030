// The switch of an account.
import * as z from 'zod';

/** `run` acts; `ask` sends every automatic action to a person; `halt` applies nothing (reversals still run). */
export const SwitchMode = z.enum(['run', 'ask', 'halt']);
export type SwitchMode = z.infer<typeof SwitchMode>;
