// The mechanisms of the scope `flow-log`.
import { recordFlowsInfo } from './interface-flows.ts';

export const mechanisms = [recordFlowsInfo] as const;
