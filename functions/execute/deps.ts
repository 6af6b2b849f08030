// Dependencies of `execute`.
import type { MechanismDeps } from '../mechanisms/job.ts';

export type ExecuteDeps = MechanismDeps;
