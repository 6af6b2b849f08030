// Why a drill does not begin.

/** Thrown before anything was touched; the message is for the operator. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
