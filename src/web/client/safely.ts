/**
 * Whatever goes wrong in here must not become a fault of the page.
 *
 * @returns what the action gives; undefined after a fault, which the console tells
 */
export function safely<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    console.warn('Presence could not do that.', error);
    return undefined;
  }
}
