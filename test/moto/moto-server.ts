// Starts moto, an independent implementation of AWS.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Place } from '../../functions/domain/place.ts';
import { type InvokeHandlers, startLambdaProxy } from './lambda-proxy.ts';
import { ensureMotoVenv, MotoUnavailable } from './venv.ts';

/** Importing moto takes 1-2 s alone, and longer while other test files start theirs. */
const startLimitMs = 30_000;
const stopLimitMs = 3_000;

export type ClientConfig = {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};
export type Moto = {
  /** All AWS APIs, at one loopback address. */
  endpoint: string;
  /** For `new XClient(moto.clientConfig)`. The account is 123456789012. */
  clientConfig: ClientConfig;
  /** The configuration of clients in another account or region, until the next reset. */
  signIn(place: Place): Promise<ClientConfig>;
  /** Empties every service for the next test. Running executions are forgotten, not stopped. */
  reset(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Binds to 127.0.0.1 and a free port. With `lambdaProxy`, state machines run, and an invocation of a
 * function named there runs its handler in this process; without, StartExecution only stores. With
 * `managedPolicies`, IAM has AWS's own policies.
 * @example
 * const moto = await startMoto();
 * const waf = new WAFV2Client(moto.clientConfig);
 * await moto.stop();
 */
export async function startMoto(
  options: { lambdaProxy?: InvokeHandlers; managedPolicies?: true } = {},
): Promise<Moto> {
  const python = await ensureMotoVenv();
  const proxy = options.lambdaProxy && (await startLambdaProxy(options.lambdaProxy));
  const { port, process: server } = await spawnMoto(
    python,
    proxy?.port,
    options.managedPolicies,
  ).catch(async (error) => {
    await proxy?.close();
    throw error;
  });
  proxy?.forwardTo(port);
  const api = `http://127.0.0.1:${port}/moto-api`;
  if (proxy) {
    await post(`${api}/config`, {
      stepfunctions: { execute_state_machine: true },
      lambda: { use_docker: false },
    });
  }
  const endpoint = `http://127.0.0.1:${proxy?.port ?? port}`;
  return {
    endpoint,
    clientConfig: {
      endpoint,
      // The only region in which WAFv2 also accepts the scope CLOUDFRONT.
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    signIn: (place) => signIn(endpoint, place),
    reset: () => post(`${api}/reset`, {}),
    async stop() {
      await stopProcess(server);
      await proxy?.close();
    },
  };
}

/** Like `startMoto`, with the Step Functions engine and these functions as Lambda. */
export function startMotoWithLambdas(handlers: InvokeHandlers): Promise<Moto> {
  return startMoto({ lambdaProxy: handlers });
}

async function spawnMoto(
  python: string,
  enginePort: number | undefined,
  managedPolicies = false,
): Promise<{ port: number; process: ChildProcess }> {
  const { PATH } = process.env;
  const server = spawn(python, [join(import.meta.dirname, 'serve.py')], {
    // Excludes a developer's AWS profile and HTTP proxy from moto's own AWS client.
    env: {
      PATH,
      TZ: 'UTC',
      PYTHONUTF8: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...(enginePort === undefined ? {} : { MOTO_PORT: String(enginePort) }),
      ...(managedPolicies ? { MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' } : {}),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaints = '';
  server.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints = (complaints + chunk).slice(-4_000);
  });
  const unavailable = (why: string) =>
    new MotoUnavailable(`moto did not start: ${why}\n${complaints}`);

  const started = new AbortController();
  const firstLine = once(createInterface(server.stdout), 'line', { signal: started.signal });
  const ended = once(server, 'exit', { signal: started.signal }).then(([code]) => {
    throw unavailable(`it ended with code ${String(code)}`);
  });
  const late = delay(startLimitMs, undefined, { signal: started.signal }).then(() => {
    throw unavailable(`nothing heard in ${startLimitMs} ms`);
  });
  try {
    const [line] = await Promise.race([firstLine, ended, late]);
    const port = Number(line);
    await pollUntilReady(port, unavailable);
    return { port, process: server };
  } catch (error) {
    server.kill('SIGKILL');
    throw error;
  } finally {
    started.abort();
    for (const loser of [firstLine, ended, late]) loser.catch(() => 'the race has been decided');
  }
}

/** The port is printed once the socket listens. This waits for the first answer. */
async function pollUntilReady(port: number, unavailable: (why: string) => Error): Promise<void> {
  const deadline = Date.now() + startLimitMs;
  while (Date.now() < deadline) {
    const answer = await fetch(`http://127.0.0.1:${port}/moto-api/config`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(50);
  }
  throw unavailable(`no answer on port ${port}`);
}

async function stopProcess(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.stdin?.end();
  const kill = setTimeout(() => server.kill('SIGKILL'), stopLimitMs);
  await ended;
  clearTimeout(kill);
}

/** moto takes the account of a call from the access key, which it made for a role of that account. */
async function signIn(endpoint: string, { account, region }: Place): Promise<ClientConfig> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      Authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/aws4_request',
    },
    body: new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: `arn:aws:iam::${account}:role/reader`,
      RoleSessionName: 'reader',
    }),
  });
  const [, accessKeyId] = /<AccessKeyId>(\w+)</.exec(await answer.text()) ?? [];
  if (!accessKeyId) throw new Error(`moto: AssumeRole in ${account} answered ${answer.status}`);
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey: 'test' } };
}

async function post(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`moto: POST ${url} answered ${answer.status}`);
}
