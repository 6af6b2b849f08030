// How functions in AWS send messages: SES and SNS, set up from the environment.
import { SESv2 } from '@aws-sdk/client-sesv2';
import { SNS } from '@aws-sdk/client-sns';
import { ENV, type Env, required } from '../domain/env.ts';
import { createSend } from './channels.ts';
import type { Send } from './message.ts';

/** Throws InvalidInput, naming the variable, when one that it needs is not set. */
export const sendFrom = (env: Env): Send =>
  createSend({
    ses: new SESv2({}),
    sns: new SNS({}),
    mailFrom: required(env, ENV.mailFrom),
    teamTopicArn: required(env, ENV.teamTopicArn),
  });
