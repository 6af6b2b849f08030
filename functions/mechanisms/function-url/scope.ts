// The mechanisms of the scope `function-url`.
import { requireIam } from './require-iam.ts';

export const mechanisms = [requireIam] as const;
