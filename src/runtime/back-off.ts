/** How long to wait after failures. */
export interface BackOff {
  /** After the first failure, jitter aside. It doubles with each further one. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * The wait before the next attempt, in milliseconds: 50 to 100 % of the time for so many failures in a row, at least one.
 * The jitter keeps those that failed together from trying again together.
 */
export const backOffMs = ({ firstMs, maxMs }: BackOff, failures: number, random: () => number): number =>
  Math.min(maxMs, firstMs * 2 ** (failures - 1)) * (0.5 + random() / 2);
