export const INITIAL_CAPACITY = 1024;

/** The capacity of a table of which `used` rows are used, when it is full. */
export const nextCapacity = (used: number): number => Math.ceil(used * 1.5);

/** Copies a column into one that is larger. @returns the larger one */
export function copied<T extends Float64Array | Int32Array>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
