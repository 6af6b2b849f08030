// Drills of the scope `ticket` act on what policies/drill.yaml names, in any account.
import { type Canaries, IN_POLICY } from '../stand-in.ts';

export const canary: Canaries = IN_POLICY;
