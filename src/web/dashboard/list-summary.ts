import { MAX_DETAILED } from './details-loader.js';
import { byId, setText } from './dom.js';
import { formatCount } from './format.js';

/** What the list shows. */
export interface Summary {
  /** How many visitors match the filters. */
  readonly found: number;
  /** How many there are. */
  readonly size: number;
  readonly isFiltered: boolean;
  /** Whether the list shows the first ones only. */
  readonly isShort: boolean;
  /** Of how many visitors neither times nor rooms are known, although they are needed. */
  readonly unknown: number;
  /** Whether there are too many visitors to look up each. */
  readonly isTooMany: boolean;
}

/** What the page says about the list: how many were found, that nobody was, and what is missing. */
export class ListSummary {
  /** Shows the summary. */
  show({ found, size, isFiltered, isShort, unknown, isTooMany }: Summary): void {
    setText(byId('found'), isFiltered ? `${formatCount(found)} of ${visitors(size)}` : '');
    byId('none').hidden = found > 0;
    byId('none').classList.toggle('over', size > 0);
    setText(byId('none-online'), size === 0 ? 'Nobody is online here.' : 'Nobody who is online fits.');
    byId('scroller').hidden = size === 0;
    byId('scroller').style.setProperty('--visitors', String(size));
    byId<HTMLButtonElement>('csv').disabled = found === 0;
    byId('more').hidden = !isShort;
    setText(byId('more'), `Show all ${formatCount(found)}`);
    setText(byId('list-note'), noteOf(size, unknown, isTooMany));
  }

  /** Announces to screen readers how many were found. Not at each change of the list, which may be often. */
  announce(): void {
    // Drawn in the next frame.
    requestAnimationFrame(() => setText(byId('found-announcer'), byId('found').textContent ?? ''));
  }
}

function noteOf(size: number, unknown: number, isTooMany: boolean): string {
  if (isTooMany) {
    return `With more than ${visitors(MAX_DETAILED)} the list is sorted by name or status only, and Find does not look at rooms.`;
  }
  if (unknown === 0) return '';
  return `Loading times and rooms: ${formatCount(size - unknown)} of ${formatCount(size)}.`;
}

const visitors = (count: number): string => `${formatCount(count)} ${count === 1 ? 'visitor' : 'visitors'}`;
