// Dependencies of `reverse`.
import type { MechanismDeps } from '../mechanisms/job.ts';

export type ReverseDeps = MechanismDeps;
