import { type Field, readName, readUid } from './fields.js';

const MAX_UIDS = 100;

/** The room a request asks about; undefined for the whole site. */
export function readRoom(query: string): Field<string | undefined> {
  return readName(new URLSearchParams(query).get('room'), 'room_invalid');
}

/**
 * The visitors a request asks about: `uids=a,b,c`, at most 100. A comma that belongs to a name is written `%2C`, so the
 * list is split before it is decoded.
 */
export function readUids(query: string): Field<string[]> {
  const list = query
    .split('&')
    .find((part) => part.startsWith('uids='))
    ?.slice('uids='.length);
  if (!list) return { ok: false, error: 'uids_missing' };
  const encoded = list.split(',');
  if (encoded.length > MAX_UIDS) return { ok: false, error: 'too_many_uids' };
  const uids: string[] = [];
  for (const each of encoded) {
    const uid = decodeUid(each.replaceAll('+', ' '));
    if (!uid.ok) return uid;
    uids.push(uid.value);
  }
  return { ok: true, value: uids };
}

/** A visitor's name out of a part of an address. */
export function decodeUid(encoded: string): Field<string> {
  try {
    return readUid(decodeURIComponent(encoded));
  } catch {
    return { ok: false, error: 'bad_escape' };
  }
}
