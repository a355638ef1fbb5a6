import type { OnlineStatus } from '../../protocol/messages.js';
import { BY_NAME, type Order, orderText, parseOrder } from './order.js';

/** What the page's address keeps, so that a link opens the list as it was. Empty texts stand for nothing. */
export interface PageState {
  readonly room: string;
  readonly status: '' | OnlineStatus;
  readonly find: string;
  readonly order: Order;
  /** The uid of the visitor who is explained. */
  readonly visitor: string;
}

/** Reads the state from the query of an address. What is unknown counts as absent. */
export function readState(search: string): PageState {
  const query = new URLSearchParams(search);
  const status = query.get('status');
  return {
    room: query.get('room') ?? '',
    status: status === 'active' || status === 'idle' ? status : '',
    find: query.get('find') ?? '',
    order: parseOrder(query.get('sort') ?? ''),
    visitor: query.get('visitor') ?? '',
  };
}

/** Returns an address with this state. Its other parameters, such as a token, stay. */
export function addressOf(href: string, { room, status, find, order, visitor }: PageState): string {
  const url = new URL(href);
  const sort = orderText(order);
  const values = { room, status, find, sort: sort === orderText(BY_NAME) ? '' : sort, visitor };
  for (const [name, value] of Object.entries(values)) {
    if (value === '') url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return url.href;
}
