// Manual steps to quarantine a message in Exchange or Gmail.
import { quoted, shellQuoted } from '../../domain/wording.ts';
import {
  type ActionTemplates,
  fileOf,
  noCommands,
  type Runbook,
  type RunbookTemplate,
} from '../../messaging/runbooks/template.ts';

/** The target's value: the mailbox, a slash, and the provider's ID of the message. */
const PLACE = /^([\w.+=-]+@[\w.-]+)\/([\w+=-]{1,1000})$/;

const hideMessage: RunbookTemplate = (one) => {
  const { target } = one;
  const [, mailbox, id] = PLACE.exec(target.value) ?? [];
  const tools = TOOLS.get(target.attributes.provider);
  if (!mailbox || !id || !tools) return noCommands('a message in a known mailbox provider', one);
  const { subject, sender } = target.attributes;
  return {
    check: [
      `Check that this is the message ${quoted(subject ?? id, 100)}${sender ? ` from ${quoted(sender, 100)}` : ''}. Was it read or answered?`,
      'Who else received it? Search the mail gateway’s log for the sender and the subject.',
    ],
    ...tools(mailbox, id, (what) => fileOf(one, what)),
    notify: [`${mailbox}: explain the message, and what to do after a click on a link in it`],
  };
};

type Tools = (
  mailbox: string,
  id: string,
  file: (what: string) => string,
) => Pick<Runbook, 'look' | 'act' | 'undo'>;

/** With `az` signed in as an identity with Mail.ReadWrite. @see https://learn.microsoft.com/graph/api/message-move */
const exchange: Tools = (mailbox, id, file) => {
  const messages = `https://graph.microsoft.com/v1.0/users/${encodeURIComponent(mailbox)}/messages/`;
  const at = (message: string) => `--url ${shellQuoted(messages)}${message}`;
  const move = (message: string, to: string) =>
    `az rest --method post ${at(`${message}/move`)} --headers 'Content-Type=application/json' --body ${to} --query id --output tsv`;
  const [folder, moved] = [file('folder'), file('message')];
  return {
    look: [`az rest ${at(shellQuoted(id))} --query '[subject,from.emailAddress.address,isRead]'`],
    act: [
      `az rest ${at(shellQuoted(id))} --query parentFolderId --output tsv > ${folder} && cat ${folder}  # needed for the undo: keep this file`,
      `${move(shellQuoted(id), `'{"destinationId": "junkemail"}'`)} > ${moved}  # moving the message changes its ID`,
    ],
    undo: [move(`"$(cat ${moved})"`, `'{"destinationId": "'"$(cat ${folder})"'"}'`)],
  };
};

/** @see https://github.com/GAM-team/GAM/wiki/Users-Gmail-Messages-Threads */
const gmail: Tools = (mailbox, id) => {
  const gam = (verb: string, rest: string) =>
    `gam user ${shellQuoted(mailbox)} ${verb} messages ids ${shellQuoted(id)} ${rest}`;
  return {
    look: [gam('show', 'headers subject,from showlabels')],
    act: [gam('modify', 'addlabel SPAM removelabel INBOX')],
    undo: [gam('modify', 'addlabel INBOX removelabel SPAM')],
  };
};

const TOOLS: ReadonlyMap<string | undefined, Tools> = new Map([
  ['microsoft-graph', exchange],
  ['gmail', gmail],
]);

export const runbooks = {
  quarantine_email: { 'email-message': hideMessage },
} as const satisfies ActionTemplates;
