import { type Field, readName, readUid } from './fields.js';

const MAX_UIDS = 100;

/** The room a request asks about; undefined for the whole site. Of several, the first counts. */
export function readRoom(query: string): Field<string | undefined> {
  const [encoded] = valuesOf(query, 'room');
  if (encoded === undefined) return { ok: true, value: undefined };
  const room = decode(encoded.replaceAll('+', ' '));
  return room.ok ? readName(room.value, 'room_invalid') : room;
}

/**
 * The visitors a request asks about: `uids=a,b,c`, or `uids` several times, at most 100 in all. A comma that belongs to a
 * name is written `%2C`, so the list is split before it is decoded.
 */
export function readUids(query: string): Field<string[]> {
  const list = valuesOf(query, 'uids').join(',');
  if (list === '') return { ok: false, error: 'uids_missing' };
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
  const uid = decode(encoded);
  return uid.ok ? readUid(uid.value) : uid;
}

/** What a query says of a parameter, each time it names it, still percent-encoded. */
function valuesOf(query: string, name: string): string[] {
  return query
    .split('&')
    .filter((part) => part === name || part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
}

/** URLSearchParams would take broken escapes for a name that nobody has. */
function decode(encoded: string): Field<string> {
  try {
    return { ok: true, value: decodeURIComponent(encoded) };
  } catch {
    return { ok: false, error: 'bad_escape' };
  }
}
