// The kill switch of an account.
import * as z from 'zod/mini';

/**
 * `run`: actions run. `ask`: every automatic action needs approval. `halt`: nothing is applied; reversals still run.
 */
export const SwitchMode = z.enum(['run', 'ask', 'halt']);
export type SwitchMode = z.infer<typeof SwitchMode>;
