import type { Info, Visitor } from './api.js';
import { pagePath } from './page-path.js';

/** The attributes that the heartbeats follow when they change. */
export const FOLLOWED = [
  'data-uid',
  'data-room',
  'data-name',
  'data-avatar',
  'data-info',
  'data-invisible',
  'data-token',
  'data-token-url',
];

/** Whether the room of a tag is the path of the page. */
export const isRoomPath = ({ room }: DOMStringMap): boolean => room === 'path';

/** The visitor that the attributes of a tag describe. */
export function visitorOf(dataset: DOMStringMap): Visitor {
  const { uid, room, name, avatar, info, invisible, token } = dataset;
  const shown = { ...(name && { name }), ...(avatar && { avatar }) };
  const parsed = parseInfo(info);
  return {
    uid: uid ?? '',
    room: isRoomPath(dataset) ? pagePath() : room || undefined,
    info: name || avatar ? { ...parsed, ...shown } : parsed,
    // Site builders write a boolean as "yes" and "no".
    invisible: invisible === undefined ? undefined : !/^(no|false)$/.test(invisible),
    token: token || undefined,
  };
}

function parseInfo(text: string | undefined): Info | undefined {
  if (!text) return undefined;
  try {
    return JSON.parse(text) as Info;
  } catch {
    console.warn('Presence ignores data-info, as it is not JSON.');
    return undefined;
  }
}
