// Where a request came from: the other end of the connection, as API Gateway saw it.
import * as z from 'zod';

const Env = z.object({
  requestContext: z.object({
    http: z.object({ sourceIp: z.union([z.ipv4(), z.ipv6()]) }),
  }),
});

/**
 * Null where nothing says so, as on a laptop. Never a header: X-Forwarded-For is what the caller wrote, and would let
 * anybody with a link have any address protected.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const sourceAddress = (env: unknown): string | null =>
  Env.safeParse(env).data?.requestContext.http.sourceIp ?? null;
