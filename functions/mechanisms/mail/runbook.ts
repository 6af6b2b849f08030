// quarantine_email by hand, where the account is not joined to the provider or the gate handed it over.
import { quoted, shellQuoted } from '../../domain/wording.ts';
import {
  type ActionBooks,
  type Book,
  fileOf,
  notOneOf,
  type Runbook,
} from '../../messaging/runbooks/template.ts';

/** As alerts name a message: its mailbox, a slash, and the provider's id of it. */
const PLACE = /^([\w.+=-]+@[\w.-]+)\/([\w+=-]{1,1000})$/;

const hideMessage: Book = (one) => {
  const { target } = one;
  const [, mailbox, id] = PLACE.exec(target.value) ?? [];
  const tools = TOOLS[target.attributes.provider ?? ''];
  if (!mailbox || !id || !tools) return notOneOf('a message in a mailbox that we know', one);
  const { subject, sender } = target.attributes;
  return {
    check: [
      `Is it the message ${quoted(subject ?? id, 100)}${sender ? ` from ${quoted(sender, 100)}` : ''}? Has it been read, or answered?`,
      'Who else got it? The sender’s name and the subject in the log of the mail gateway say it.',
    ],
    ...tools(mailbox, id, (what) => fileOf(one, what)),
    tell: [`${mailbox}: what it was, and what to do if something was clicked`],
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
      `az rest ${at(shellQuoted(id))} --query parentFolderId --output tsv > ${folder} && cat ${folder}  # the way back: keep this file`,
      `${move(shellQuoted(id), `'{"destinationId": "junkemail"}'`)} > ${moved}  # a move gives it another id`,
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

const TOOLS: Readonly<Record<string, Tools>> = { 'microsoft-graph': exchange, gmail };

export const runbooks = {
  quarantine_email: { 'email-message': hideMessage },
} as const satisfies ActionBooks;
