import type { Info } from '../../protocol/messages.js';

const MAX_CHARACTERS = 256;
const CONTROL_OR_LONE_SURROGATE = /[\p{Cc}\p{Cs}]/u;

/** Whether the service accepts a uid or room. A heartbeat that asks for another one would be refused. */
export function isName(text: string): boolean {
  return text !== '' && [...text].length <= MAX_CHARACTERS && !CONTROL_OR_LONE_SURROGATE.test(text);
}

/** The name to show for a visitor: `info.name`, else the uid. */
export function nameOf({ uid, info }: { readonly uid: string; readonly info?: Info | undefined }): string {
  const name = typeof info?.name === 'string' ? info.name.trim() : '';
  return name || uid;
}

/** A flag is two characters. Marks, spaces and direction controls are invisible by themselves. */
const FIRST_VISIBLE = /\p{RI}{2}|[^\p{Cc}\p{Cf}\p{M}\p{Z}]/u;

/** The first letters of the first and the last word. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u);
  const firstOf = (word: string) => FIRST_VISIBLE.exec(word)?.[0] ?? '';
  return (firstOf(words[0]!) + (words.length > 1 ? firstOf(words[words.length - 1]!) : '')).toUpperCase();
}

/**
 * The address of a visitor's picture, if a page may load it. Visitors choose it, so it must not be a script or a file, nor
 * insecure content of a secure page.
 */
export function pictureOf(info: Info | undefined, page: string): string | undefined {
  if (typeof info?.avatar !== 'string' || info.avatar === '') return undefined;
  try {
    const { protocol, href } = new URL(info.avatar, page);
    const isSafe = protocol === 'https:' || (protocol === 'http:' && new URL(page).protocol === 'http:');
    return isSafe ? href : undefined;
  } catch {
    return undefined;
  }
}

const GOLDEN_ANGLE_DEGREES = 137;

/** A hue in degrees that is the same for a uid at each time. */
export function hueOf(uid: string): number {
  let hash = 0;
  for (let index = 0; index < uid.length; index++) hash = (hash * 31 + uid.charCodeAt(index)) % 360;
  // Uids that are alike, such as numbers in sequence, get colours that are not.
  return (hash * GOLDEN_ANGLE_DEGREES) % 360;
}
