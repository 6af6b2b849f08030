// The keys of the proofs, and how they are built in AWS.
import type { KMS } from '@aws-sdk/client-kms';
import * as z from 'zod/mini';
import { ENV, type Env } from '../domain/env.ts';
import { InvalidInput } from '../domain/errors.ts';
import { createKmsMac } from '../links/kms-mac.ts';
import type { Mac } from '../links/signed-claims.ts';

/**
 * The signer of a decision can't carry it out: `web` signs votes and orders, the gate signs rulings, and executors sign
 * evidence. Intake signs the alerts that it accepts, and `resume` signs which halts a person ended. Each role may use
 * only what its row in infra/function-table.ts grants; KMS rejects everything else.
 */
export type ProofKeys = {
  votes: Mac;
  rulings: Mac;
  evidence: Mac;
  alerts: Mac;
  resumptions: Mac;
};

/** Variables for `readEnv`. */
export const PROOF_KEY_ENV = [
  'voteKeyArn',
  'rulingKeyArn',
  'evidenceKeyArn',
  'alertKeyArn',
  'resumeKeyArn',
] as const;

/** Keys that only verify, from before the last rotation. */
const Previous = z.strictObject({
  votes: z.string(),
  rulings: z.string(),
  evidence: z.string(),
  alerts: z.string(),
  resumptions: z.string(),
});
export type PreviousProofKeys = z.infer<typeof Previous>;

/** Throws InvalidInput if the previous keys have another shape. */
export function proofKeys(
  kms: Pick<KMS, 'generateMac' | 'verifyMac'>,
  own: Record<(typeof PROOF_KEY_ENV)[number], string>,
  env: Env,
): ProofKeys {
  const previous = previousIn(env);
  return {
    votes: createKmsMac(kms, own.voteKeyArn, previous?.votes),
    rulings: createKmsMac(kms, own.rulingKeyArn, previous?.rulings),
    evidence: createKmsMac(kms, own.evidenceKeyArn, previous?.evidence),
    alerts: createKmsMac(kms, own.alertKeyArn, previous?.alerts),
    resumptions: createKmsMac(kms, own.resumeKeyArn, previous?.resumptions),
  };
}

function previousIn(env: Env): PreviousProofKeys | null {
  const text = env[ENV.previousProofKeyArns];
  if (!text) return null;
  try {
    return Previous.parse(JSON.parse(text));
  } catch (error) {
    throw new InvalidInput(`${ENV.previousProofKeyArns} is not valid`, {}, error);
  }
}
