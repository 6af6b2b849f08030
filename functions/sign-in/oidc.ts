// Talks to the identity provider: OpenID Connect, authorization code with PKCE.
import * as oidc from 'openid-client';
import { Denied, RetryableError, TerminalError, Unavailable } from '../domain/errors.ts';
import type { HttpClients } from '../platform/http.ts';
import type { Secret } from '../platform/secret.ts';
import type { SignIn } from '../policy/schemas/account.ts';

/** One sign-in attempt: only the browser that started it knows these values. */
export type Attempt = {
  state: string;
  nonce: string;
  verifier: string;
  /** Whether the provider must authenticate the person again, even in a running session. */
  isFresh: boolean;
};
/** The claims of the provider about the person. */
export type Identity = Readonly<Record<string, unknown>>;

export type Provider = {
  /** The URL of the provider's sign-in page. `hint` fills in the person's name there. */
  begin: (attempt: Attempt, hint: string | null) => Promise<URL>;
  /** Throws Unavailable if the provider does not answer, and Denied if its answer is not valid. */
  finish: (attempt: Attempt, returned: URL) => Promise<Identity>;
};

export type ProviderDeps = Pick<HttpClients, 'http'> & {
  secret: Secret<string>;
  redirectUri: string;
  now: () => Date;
};

const METADATA_KEPT_MS = 10 * 60_000;
/** Of at most four calls, within the time limit of the page's function. */
const CALL_SECONDS = 3;

/** @see https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth */
export function createProvider(signIn: SignIn, deps: ProviderDeps): Provider {
  const { issuer, clientId, claim, acrValues } = signIn;
  const { http, secret, redirectUri, now } = deps;
  let kept: { metadata: oidc.ServerMetadata; until: number } | undefined;

  async function metadata(): Promise<oidc.ServerMetadata> {
    if (kept && now().getTime() < kept.until) return kept.metadata;
    const found = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
      [oidc.customFetch]: outward,
      timeout: CALL_SECONDS,
      execute: isLoopback(issuer) ? [oidc.allowInsecureRequests] : [],
    });
    kept = { metadata: found.serverMetadata(), until: now().getTime() + METADATA_KEPT_MS };
    return kept.metadata;
  }

  async function configured(authentication: oidc.ClientAuth): Promise<oidc.Configuration> {
    const skew = { [oidc.clockSkew]: Math.round((now().getTime() - Date.now()) / 1000) };
    const config = new oidc.Configuration(await metadata(), clientId, skew, authentication);
    config.timeout = CALL_SECONDS;
    config[oidc.customFetch] = outward;
    if (isLoopback(issuer)) oidc.allowInsecureRequests(config);
    // By default, the library relies on TLS to the token endpoint and checks no signature.
    oidc.enableNonRepudiationChecks(config);
    return config;
  }

  /** A provider that is down must not look like a refusal. */
  const outward: oidc.CustomFetch = async (url, options) => {
    let response: Response;
    try {
      response = await http.fetch(url, options as RequestInit);
    } catch (cause) {
      throw new Unavailable('the identity provider did not answer', { issuer }, cause);
    }
    if (response.status >= 500 || response.status === 429)
      throw new Unavailable('the identity provider failed', { issuer, status: response.status });
    return response;
  };

  return {
    begin: (attempt, hint) =>
      refusing(issuer, async () =>
        oidc.buildAuthorizationUrl(await configured(oidc.None()), {
          redirect_uri: redirectUri,
          scope: claim === 'email' ? 'openid email' : 'openid profile',
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
          code_challenge_method: 'S256',
          ...(hint !== null && { login_hint: hint }),
          ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
          ...(attempt.isFresh && { max_age: '0', prompt: 'login' }),
        }),
      ),
    finish: (attempt, returned) =>
      refusing(issuer, async () => {
        // Read the secret each time: it may have been rotated.
        const config = await configured(authentication(await metadata(), await secret(true)));
        const tokens = await oidc.authorizationCodeGrant(config, returned, {
          expectedState: attempt.state,
          expectedNonce: attempt.nonce,
          pkceCodeVerifier: attempt.verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new Denied('the provider returned no ID token claims', { issuer });
        const wanted = claim === 'email' ? ['email', 'email_verified'] : [claim];
        if (wanted.every((name) => name in claims) || !config.serverMetadata().userinfo_endpoint)
          return claims;
        const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
        return { ...info, ...claims };
      }),
  };
}

/** In the form if allowed, because providers disagree about the header's encoding. The header is the default. */
const authentication = (
  { token_endpoint_auth_methods_supported: methods }: oidc.ServerMetadata,
  secret: string,
): oidc.ClientAuth =>
  methods?.includes('client_secret_post')
    ? oidc.ClientSecretPost(secret)
    : oidc.ClientSecretBasic(secret);

const isLoopback = (issuer: string) => issuer.startsWith('http://127.0.0.1');

/** Turns every error that is not a failed call into Denied. */
async function refusing<T>(issuer: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
      if (cause instanceof RetryableError || cause instanceof TerminalError) throw cause;
    const isTimeOut = error instanceof oidc.ClientError && error.code === 'OAUTH_TIMEOUT';
    const Kind = isTimeOut ? Unavailable : Denied;
    throw new Kind('signing in failed', { issuer }, error);
  }
}
