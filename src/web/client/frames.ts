/**
 * Calls an action for the window and for all frames in it, at any depth, that have its origin. Browsers forbid access to
 * other frames; they are left out.
 */
export function forEachWindow(action: (each: Window) => void, from: Window = window): void {
  try {
    // Throws for a frame of another origin.
    action(from);
    for (let index = 0; index < from.length; index++) forEachWindow(action, from[index]!);
  } catch {
    // Nothing to do: the frame cannot be seen.
  }
}
