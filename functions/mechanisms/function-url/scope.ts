// The mechanisms of the scope `function-url`.
import { requireIamInfo } from './require-iam.ts';

export const mechanisms = [requireIamInfo] as const;
