// Where an incident has a page.
import { expect, test } from 'vitest';
import { incidentUrlOf } from '../../functions/policy/incident-page.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';

const webBaseUrl = 'https://countermand.example';
const signIn = {
  ...{ issuer: 'https://x.example', clientId: 'c', clientSecret: 's', claim: 'email' },
  acrValues: [],
};

test('links to the console only where one is deployed', () => {
  const page = `${webBaseUrl}/console/incident/${INCIDENT_ID}`;
  const urlIn = (change: object) =>
    incidentUrlOf({ policy: { ...POLICY, ...change }, webBaseUrl })(INCIDENT_ID);
  expect(urlIn({ stage: 'production', signIn: null })).toBeNull();
  expect(urlIn({ stage: 'production', signIn })).toBe(page);
  expect(urlIn({ stage: 'local', signIn: null })).toBe(page);
});
