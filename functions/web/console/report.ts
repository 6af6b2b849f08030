// The report of an incident, in one structure for all formats.
import type { Action } from '../../domain/action.ts';
import { oneLine, utc } from '../../domain/wording.ts';
import { headlineOf, recommended, stateOf } from '../../messaging/texts/action-line.ts';
import { manualUndo } from '../../messaging/texts/in-force.ts';
import type { Point } from '../../messaging/texts/looked-up.ts';
import { manualSteps } from '../../messaging/texts/manual.ts';
import { decidedBy } from '../texts/status.ts';
import { evidenceOf } from './evidence.ts';
import type { IncidentView } from './incident-view.ts';
import { timeOf } from './moments.ts';
import { titleOf } from './pages/incident.ts';
import { nextSentence, soFarSentence } from './sentences.ts';
import { storyOf } from './story.ts';
import { INCIDENT, REPORT, TIMELINE } from './texts.ts';

/** Commands under a title. */
type Code = { title: string; lines: readonly string[] };
export type Section = { heading: string; lines: readonly string[]; code?: readonly Code[] };
export type Report = { title: string; sections: Section[] };

/** Leaves out empty sections. Every line may contain untrusted text. */
export function reportOf(view: IncidentView): Report {
  const { incident, actions, notes, names, now, reader } = view;
  const evidence = evidenceOf(view);
  const { moments } = storyOf(view);
  const sections: Section[] = [
    {
      heading: REPORT.summary,
      lines: [
        `${soFarSentence(view)} ${nextSentence(view)}`,
        `${INCIDENT.place(incident.account, incident.region)}. ${INCIDENT.opened(incident.openedAt, now)}.`,
        REPORT.written(reader.name, utc(now)),
      ],
    },
    {
      heading: TIMELINE.heading,
      lines: moments.map(
        ({ at, lane, says }) =>
          `${timeOf(at, now)}, ${TIMELINE.lanes[lane].toLowerCase()}: ${says}`,
      ),
    },
    { heading: INCIDENT.actions, lines: actions.map((one) => actionLine(one, view)) },
    { heading: INCIDENT.supports, lines: evidence.supports.map(pointLine) },
    { heading: INCIDENT.contradicts, lines: evidence.contradicts.map(pointLine) },
    {
      heading: INCIDENT.unknown,
      lines: evidence.unknown.map(({ text, from }) => `${text}: ${from}`),
    },
    { heading: REPORT.commands, lines: [], code: commands(view) },
    analysis(view),
    {
      heading: INCIDENT.notes,
      lines: notes.map(
        ({ at, by, text }) => `${INCIDENT.noteBy(names[by] ?? by, at, now)}: ${text}`,
      ),
    },
    { heading: REPORT.hashes, lines: actions.map(hashLine) },
  ];
  return {
    title: titleOf(view),
    sections: sections.filter(({ lines, code }) => lines.length > 0 || (code?.length ?? 0) > 0),
  };
}

const pointLine = ({ text, from }: Point): string => `${text} (${from})`;

function actionLine(action: Action, { names, now }: IncidentView): string {
  const rule = action.reasons.map(({ text }) => oneLine(text)).join('; ');
  const decided = decidedBy(action, names, now);
  return `${headlineOf(action)}: ${stateOf(action, now)}. ${decided || `Rules: ${rule}.`}`;
}

/** The manual commands to carry out or undo actions. */
function commands({ actions, worst }: IncidentView): Code[] {
  return actions.flatMap((action) => {
    const isOpen = ['handed-off', 'expired', 'failed'].includes(action.status);
    const isMade = ['in-force', 'kept', 'reversal-failed'].includes(action.status);
    const own = worst?.alert.alertId === action.alertId ? worst : null;
    const steps = isOpen
      ? manualSteps(action, own?.alert, own?.facts ?? null)
      : isMade
        ? manualUndo(action)
        : [];
    return steps.map(({ title, lines }) => ({ title: `${headlineOf(action)}. ${title}`, lines }));
  });
}

function analysis({ worst }: IncidentView): Section {
  const assessment = worst?.assessment;
  const heading = REPORT.analysis;
  if (!assessment) return { heading, lines: [] };
  const { verdict, summary, origin, model, recommendations } = assessment;
  const shown = (action: string, ref: string) => {
    const entity = worst.alert.entities.find((one) => one.ref === ref);
    return recommended(action, oneLine(entity?.value ?? ref, 120), entity?.kind ?? null);
  };
  return {
    heading,
    lines: [
      `${verdict}, by ${model ?? origin}: ${oneLine(summary, 2000)}`,
      ...recommendations.map(
        ({ action, target, confidence, reasoning }) =>
          `${shown(action, target)}, confidence ${confidence} of 100: ${oneLine(reasoning, 2000)}`,
      ),
    ],
  };
}

const hashLine = ({ actionId, digest, history, policyVersion }: Action): string =>
  `${actionId}: digest ${digest}, last entry ${history.at(-1)?.hash ?? 'none'}, policy ${policyVersion}`;

/** The records without credentials: no task token and no proofs. */
export function recordsOf(view: IncidentView) {
  const { incident, worst, actions, notes, now, reader } = view;
  return {
    exportedAt: now.toISOString(),
    exportedBy: reader.id,
    incident,
    alert: worst && { ...worst.alert, proof: undefined },
    facts: worst?.facts ?? null,
    assessment: worst?.assessment ?? null,
    actions: actions.map(withoutProofs),
    notes,
    timeline: storyOf(view).moments,
    evidence: evidenceOf(view),
  };
}

const withoutProofs = ({ ruling: _ruling, evidence: _evidence, ...action }: Action) => ({
  ...action,
  orders: action.orders.map(({ proof: _proof, ...order }) => order),
  approval: action.approval && {
    ...action.approval,
    taskToken: undefined,
    votes: action.approval.votes.map(({ proof: _proof, ...vote }) => vote),
  },
});
