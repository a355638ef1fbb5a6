import { displayName, type Entry } from './entry.js';
import { fold } from './fold.js';

const COLUMNS = ['name', 'status', 'since', 'activity', 'room'] as const;

/** What the list can be sorted by. */
export type SortColumn = (typeof COLUMNS)[number];

/** The order of the list. Visitors that are equal in it are in the order of their names. */
export interface Order {
  readonly by: SortColumn;
  readonly isDescending: boolean;
}

/** The order of a list that nobody has sorted. */
export const BY_NAME: Order = { by: 'name', isDescending: false };

/** Whether an order needs the details of every visitor. */
export const needsDetails = ({ by }: Order): boolean => by !== 'name' && by !== 'status';

/** Reads an order such as `since`, or `-since` for a descending one. Anything else is the order of the names. */
export function parseOrder(text: string): Order {
  const isDescending = text.startsWith('-');
  const by = COLUMNS.find((column) => column === text.slice(isDescending ? 1 : 0));
  return by ? { by, isDescending } : BY_NAME;
}

/** The text that `parseOrder` reads. */
export const orderText = ({ by, isDescending }: Order): string => (isDescending ? '-' : '') + by;

/** What an entry is sorted by. Undefined when it is not known, or the visitor has none. */
export function keyOf(entry: Entry, by: SortColumn): string | number | undefined {
  switch (by) {
    case 'name':
      return displayName(entry).toLowerCase();
    case 'status':
      return entry.status === 'active' ? 0 : 1;
    case 'since':
      return entry.details?.online_since ?? undefined;
    case 'activity':
      return entry.details?.last_activity ?? undefined;
    case 'room': {
      const room = entry.details?.rooms[0];
      return room === undefined ? undefined : fold(room);
    }
  }
}
