import { type Field, readName, readUid } from './fields.js';
import { fail, ok } from './result.js';

/** How many visitors one request may ask about. */
export const MAX_UIDS = 100;

/** The room that a request asks about; undefined for the whole site. The first of several counts. */
export function readRoom(query: string): Field<string | undefined> {
  const [encoded] = valuesOf(query, 'room');
  if (encoded === undefined) return ok(undefined);
  const room = decode(encoded.replaceAll('+', ' '));
  return room.ok ? readName(room.value, 'room_invalid') : room;
}

/**
 * The visitors that a request asks about, at most 100: `uids` several times, one visitor each, or once, as `uids=a,b,c`. A
 * single list is split before it is decoded, so `%2C` is a comma within a uid; some platforms decode it on the way, though.
 */
export function readUids(query: string): Field<string[]> {
  const values = valuesOf(query, 'uids');
  if (values.join('') === '') return fail('uids_missing');
  return decodeUids(values.length === 1 ? values[0]!.split(',') : values);
}

/** The uids that values of a query stand for, at most 100. */
export function decodeUids(encoded: readonly string[]): Field<string[]> {
  if (encoded.length > MAX_UIDS) return fail('too_many_uids');
  const uids: string[] = [];
  for (const each of encoded) {
    const uid = decodeUid(each.replaceAll('+', ' '));
    if (!uid.ok) return uid;
    uids.push(uid.value);
  }
  return ok(uids);
}

/** The uid that a percent-encoded part of an address stands for. */
export function decodeUid(encoded: string): Field<string> {
  const uid = decode(encoded);
  return uid.ok ? readUid(uid.value) : uid;
}

/** The values of a parameter, one for each time the query names it, still percent-encoded. */
export function valuesOf(query: string, name: string): string[] {
  return query
    .split('&')
    .filter((part) => part === name || part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
}

/** Not by URLSearchParams, which accepts broken escapes and would look up a name that no visitor has. */
function decode(encoded: string): Field<string> {
  try {
    return ok(decodeURIComponent(encoded));
  } catch {
    return fail('bad_escape');
  }
}
