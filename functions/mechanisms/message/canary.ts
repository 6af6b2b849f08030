// Drill targets of the scope `message`: policies/drill.yaml names them.
import { type Canaries, IN_POLICY } from '../stand-in.ts';

export const canary: Canaries = IN_POLICY;
