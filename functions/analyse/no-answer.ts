// The error of an analysis without an answer.

/** Thrown when nothing could be asked, the model refused, or its answer was cut off or empty. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}
