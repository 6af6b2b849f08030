// Canaries of the scope `ticket`: listed in policies/drill.yaml.
import { type Canaries, IN_POLICY } from '../stand-in.ts';

export const canary: Canaries = { ...IN_POLICY, motoLacks: 'It has no OpsItems' };
