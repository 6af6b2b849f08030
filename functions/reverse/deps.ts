// What reverse needs from outside.
import type { MechanismDeps } from '../mechanisms/job.ts';

export type ReverseDeps = MechanismDeps;
