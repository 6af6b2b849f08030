// The mechanisms of the scope `flow-log`.
import { recordFlows } from './interface-flows.ts';

export const mechanisms = [recordFlows] as const;
