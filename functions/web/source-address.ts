// Reads the source address of a request as API Gateway saw it.
import * as z from 'zod/mini';

const Env = z.object({
  requestContext: z.object({
    http: z.object({ sourceIp: z.union([z.ipv4(), z.ipv6()]) }),
  }),
});

/**
 * Null outside API Gateway, for example on a laptop. Never from X-Forwarded-For: the caller writes it, and could have
 * any address protected.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const sourceAddress = (env: unknown): string | null =>
  Env.safeParse(env).data?.requestContext.http.sourceIp ?? null;
