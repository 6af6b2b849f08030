// The mechanisms of the scope `ticket`.
import { openJiraIssue } from './jira.ts';
import { openOpsItem } from './ops-item.ts';
import { openServiceNowIncident } from './service-now.ts';

export const mechanisms = [openOpsItem, openJiraIssue, openServiceNowIncident] as const;
