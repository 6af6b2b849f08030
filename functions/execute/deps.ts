// What execute needs from outside.
import type { MechanismDeps } from '../mechanisms/job.ts';

export type ExecuteDeps = MechanismDeps;
