// Why a function needs each grant, for docs/permissions.md.
import type { Grant } from './iam-statements.ts';

export const GRANT_REASONS: Readonly<Record<Grant, string>> = {
  readRecords: 'Every step reads the records that it decides or acts on',
  archiveRecords:
    'Copies each changed record into the locked bucket. It can neither read nor delete there',
  readCopyLog:
    'Reads which copies exist and were logged, with their hashes, and the previous digest. It can read no copy',
  writeDigests: 'Writes the digests into the locked bucket',
  signDigests: 'Signs the digests',
  findOverdue: 'Finds what is due or open through the table’s indexes',
  readInstances:
    'Facts about an instance: its tags, its network ACL, what its security groups let in, and whether an address is our own',
  readUsers:
    'Facts about a user: tags, keys, groups and MFA, which tell a person from a service account',
  readRoles: 'Facts about a role: its tags, path and policies',
  readGroups: 'Whether a group makes a user an administrator',
  readInstanceProfiles: 'Whether policy declares the role of an instance as a scanner',
  readFunctionTags: 'Facts about a function: its tags',
  readOptIns: 'Reads whether an API key or user pool carries the opt-in tag',
  readChangeCalendars: 'Whether a change calendar that policy names is closed now',
  sampleWebRequests: 'Shows who else a block would stop, from AWS WAF’s samples',
  findFlowLogs:
    'Which flow logs record an instance or a network interface, and where they write. No resource-level permissions',
  readFlowLogs:
    'Traffic of an instance or a network interface, in the log groups of flow logs of this stack and of policy',
  sendToRejectedQueue: 'Keeps an event that is not a valid finding, with the reason',
  keepFailedCalls: 'Lambda keeps a call that failed three times, with the error',
  startRespond: 'Starts the execution that answers an alert',
  startReverse: 'Starts the undo of an action',
  answerApprovals: 'Returns the decision of a person to the waiting execution',
  invokeApprove: 'Asks one more person, or shows a vote in the questions that were sent',
  invokeNotify: 'Sends an outcome again that no one received',
  invokeTicket: 'Updates the ticket of an incident that changed',
  readConfigHistory:
    'How a resource changed, if policy allows it (configHistory). The history holds whole configurations. No resource-level permissions',
  readTrail:
    'Who wrote an entry that no action explains, what a key or user did, and who changed a resource. No resource-level permissions',
  invokeExecutors: 'Has a change put back that a deployment removed',
  signLinks: 'Signs the links in messages',
  verifyLinks: 'Verifies the link of a page',
  signVotes: 'Signs the votes, orders and forms of people',
  verifyVotes: 'Verifies votes, orders and sessions',
  signRulings: 'Signs what policy decided',
  verifyRulings: 'Verifies that policy decided this',
  signEvidence: 'Signs what an executor captured, and when the undo is due',
  verifyEvidence: 'Verifies what an executor captured',
  signAlerts: 'Signs the alerts that intake accepted',
  verifyAlerts: 'Verifies that intake accepted the alert',
  signResumptions: 'Signs which halts a person ended',
  verifyResumptions: 'Reads the kill switch: only a signed resumption ends a halt',
  countPages: 'Counts the pages that each person got, under a MAC',
  sendMail: 'Emails the people of policy, from our address',
  sendSms: 'Sends texts from one number, pool or sender ID. No condition limits the recipient',
  publishToTeam: 'Notifies the team',
  createOpsItems:
    'Opens a ticket for a page that reached no one. CreateOpsItem supports no resources',
  updateOpsItems: 'Updates the incident’s ticket, whose ID is not known before it is created',
  readMessageSecrets: 'Reads the credentials of the channels that policy names',
  readOnCallSecrets: 'Reads the credentials of the on-call service that policy names',
  readSignInSecret: 'Reads the client secret for the identity provider',
  readSlackSecret: 'Reads the secret that verifies requests of Slack',
  readTicketSecret: 'Reads the credentials of the ticket system that policy names',
  manageSchedules: 'Schedules the undo and the reminder before an action is applied',
  deleteSchedules: 'Removes the schedules of an action that ended',
  passScheduleRole: 'Hands the role of our schedules to EventBridge Scheduler, and no other role',
};
