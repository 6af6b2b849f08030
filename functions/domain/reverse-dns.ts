// The names of an address in DNS. The owner of the address chooses them.
import * as z from 'zod/mini';

const Name = z.string().check(z.maxLength(253));

export const MAX_NAMES = 3;

/** Whether the name is the domain or lies in it. Both in lower case. */
export const isNameIn = (name: string, domain: string): boolean =>
  name === domain || name.endsWith(`.${domain}`);

export const ReverseDns = z.strictObject({
  /** Valid host names of the answer, in lower case. An attacker may have written them. */
  names: z.array(Name).check(z.maxLength(MAX_NAMES)),
  /** How many names the answer has, with those that are no host names. */
  count: z.int().check(z.gte(0)),
  /** The name that lies in a domain that policy declares; null if none does. */
  claim: z.nullable(
    z.strictObject({
      name: Name,
      domain: Name,
      /** Whether the domain's own records list the address under this name. DNS answers are not authenticated. */
      isConfirmed: z.boolean(),
    }),
  ),
});
export type ReverseDns = z.infer<typeof ReverseDns>;
