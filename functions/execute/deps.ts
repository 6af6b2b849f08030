// Dependencies of `execute`.
import type { Signer } from '../authority/claims.ts';
import type { MechanismDeps } from '../mechanisms/job.ts';

/** Only the executor signs evidence. */
export type ExecuteDeps = MechanismDeps & { keys: { evidence: Signer } };
