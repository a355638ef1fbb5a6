/** The events that can show that a person touches the page. */
export const INPUT_EVENTS = [
  'pointerdown',
  'pointermove',
  'pointerup',
  'pointercancel',
  'keydown',
  'wheel',
  'touchstart',
  'touchmove',
  'scroll',
] as const;

/** How long scrolling counts after the last event of a pointer that is held down. */
const MAX_DRAG_MS = 60_000;

/** The members of events that tell people and programs apart. */
export interface InputEvent {
  readonly type: string;
  readonly isTrusted: boolean;
  readonly screenX?: number;
  readonly screenY?: number;
  readonly buttons?: number;
}

/**
 * Creates a function that tells whether an event comes from a person.
 *
 * Pages scroll without a person: chats that follow their newest line, carousels, scroll anchoring. So scrolling counts only
 * while a pointer is held down, as in a drag of a scrollbar; wheels, keys and fingers have events of their own. Chromium
 * sends no event when a scrollbar is released, so a held pointer counts for a limited time. WebKit sends `pointermove` when
 * the page moves below a pointer that rests, so a move must change the place on the screen.
 */
export function createInputFilter(nowMs: () => number): (event: InputEvent) => boolean {
  let isHeld = false;
  let pointerMs = 0;
  let place = '';
  return ({ type, isTrusted, screenX, screenY, buttons }) => {
    // The page's scripts have dispatched it.
    if (!isTrusted) return false;
    if (type === 'scroll') return isHeld && nowMs() - pointerMs < MAX_DRAG_MS;
    if (!type.startsWith('pointer')) return true;
    isHeld = buttons !== 0 && type !== 'pointercancel';
    const lastPlace = place;
    place = `${screenX},${screenY}`;
    if (type === 'pointermove' && place === lastPlace) return false;
    pointerMs = nowMs();
    return true;
  };
}
