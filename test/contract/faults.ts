// Injects faults into AWS clients: a crash or an error at the nth call.

/** `before`: the request is never sent. `after`: it is carried out, and the answer is lost. */
export type Fault = { call: number; when: 'before' | 'after'; error: () => Error };

export class Crash extends Error {
  override name = 'Crash';
}

/**
 * Wraps every method of a client, counts the calls, and fails the call that the fault names.
 *
 * @example const {client, calls} = faulty(waf, {call: 2, when: 'after', error: () => new Crash()})
 */
export function faulty<T extends object>(real: T, fault: Fault | null) {
  let calls = 0;
  const client = new Proxy(real, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        calls += 1;
        const mine = fault?.call === calls ? fault : null;
        if (mine?.when === 'before') throw mine.error();
        const answer: unknown = await method.apply(target, args);
        if (mine) throw mine.error();
        return answer;
      };
    },
  });
  return { client, calls: () => calls };
}
