/**
 * Runs an action and logs what it throws, so that a fault of this script never becomes an error of the page.
 *
 * @returns the action's result, or undefined when it threw
 */
export function safely<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    console.warn('Presence could not do that.', error);
    return undefined;
  }
}
