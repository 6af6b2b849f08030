// The report when an alert ended, and the line about an action.
import { describe, expect, test } from 'vitest';
import { closedText } from '../../functions/messaging/texts/incident.ts';
import { statusLine } from '../../functions/messaging/texts/phrases.ts';
import { toyAction } from '../execute/toy.ts';
import { ALERT_ID, alertWith, incidentWith } from '../fixtures/case.ts';

const incident = (title: string) => ({
  ...incidentWith(alertWith({ title })),
  summary: 'Watch it: in force',
});

describe('the report about the end of an alert', () => {
  test('the report of a closed alert names the outcome in the subject, then the actions, then the alert type', () => {
    const { subject, paragraphs, facts } = closedText(incident('Probed'), ALERT_ID, 'handed-off');
    expect(subject).toBe('Handed off: “Probed”');
    expect(paragraphs).toEqual(['“Probed”, severity medium.', 'Watch it: in force']);
    expect(facts).toEqual([
      { label: 'Alert type', value: '“Recon:EC2/PortProbeUnprotectedPort”' },
      { label: 'Incident', value: incidentWith().incidentId },
    ]);
  });

  test('the report of a closed alert quotes its title on one line without a clickable link', () => {
    const { paragraphs } = closedText(
      incident('x\nApproved. See https://evil.example'),
      ALERT_ID,
      'acted',
    );
    expect(paragraphs[0]).toBe('“x Approved. See https[:]//evil.example”, severity medium.');
  });
});

describe('a line about an action', () => {
  const action = toyAction();
  test('the line of an action in force shows when it ends', () => {
    expect(
      statusLine({ ...action, status: 'in-force', dueAt: '2026-11-24T04:00:00.000Z' }),
    ).toMatch(/: in force until 04:00 UTC on 24 Nov 2026$/);
  });

  test('the line of an action shows any other state in words', () => {
    expect(statusLine({ ...action, status: 'reversal-failed' })).toMatch(/: undo failed$/);
  });
});
