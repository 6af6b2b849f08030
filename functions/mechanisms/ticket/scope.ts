// The mechanisms of the scope `ticket`.
import { openJiraIssueInfo } from './jira.ts';
import { openOpsItemInfo } from './ops-item.ts';
import { openServiceNowIncidentInfo } from './service-now.ts';

export const mechanisms = [openOpsItemInfo, openJiraIssueInfo, openServiceNowIncidentInfo] as const;
