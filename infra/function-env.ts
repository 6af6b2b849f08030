// Environment variables of the functions, by what they need.
import { ENV } from '../functions/domain/env.ts';
import { DEPLOYMENT } from '../functions/mechanisms/deployment.ts';
import type { Scope } from '../functions/mechanisms/registry.ts';
import { deployedStack } from './mechanism-permissions.ts';
import { functionArn, stateMachineArn } from './names.ts';
import type { StackContext } from './stack-context.ts';

/** The variables that several functions share. */
export function commonEnv(s: StackContext) {
  const { names } = s;
  const table = { [ENV.tableName]: s.tableName };
  const respond = { [ENV.respondArn]: stateMachineArn(names, 'respond') };
  const reverse = { [ENV.reverseArn]: stateMachineArn(names, 'reverse') };
  const messages = {
    [ENV.mailFrom]: s.settings.mailFrom,
    [ENV.mailConfigurationSet]: s.mailConfigurationSet,
    [ENV.teamTopicArn]: s.teamTopicArn,
    [ENV.pageKeyArn]: s.pageKeyArn,
  };
  const links = { [ENV.linkKeyArn]: s.linkKeyArn, [ENV.webBaseUrl]: s.webBaseUrl };
  const proofs = proofEnv(s);
  const schedules = {
    ...reverse,
    [ENV.scheduleGroup]: s.schedules.groupName,
    [ENV.scheduleRoleArn]: s.schedules.role.roleArn,
    [ENV.remindFunctionArn]: functionArn(names, 'remind'),
    [ENV.scheduleDeadLetterArn]: s.schedules.failed.queueArn,
  };
  return { table, respond, reverse, messages, links, proofs, schedules };
}

/** The variables of a scope's functions, if the world check reads its lists. */
export const worldEnv = (s: StackContext, scope: Scope): Readonly<Record<string, string>> => {
  const { world, environment } = DEPLOYMENT[scope];
  return (world && environment?.(deployedStack(s))) ?? {};
};

/** Every function gets all names; its grants say which key it may use, and how. */
function proofEnv({ proofKeys, stack }: StackContext): Record<string, string> {
  const { votes, rulings, evidence, alerts, resumptions } = proofKeys;
  const previous = {
    votes: votes.previous?.keyArn,
    rulings: rulings.previous?.keyArn,
    evidence: evidence.previous?.keyArn,
    alerts: alerts.previous?.keyArn,
    resumptions: resumptions.previous?.keyArn,
  };
  return {
    [ENV.voteKeyArn]: votes.current.keyArn,
    [ENV.rulingKeyArn]: rulings.current.keyArn,
    [ENV.evidenceKeyArn]: evidence.current.keyArn,
    [ENV.alertKeyArn]: alerts.current.keyArn,
    [ENV.resumeKeyArn]: resumptions.current.keyArn,
    ...(previous.votes && { [ENV.previousProofKeyArns]: stack.toJsonString(previous) }),
  };
}
