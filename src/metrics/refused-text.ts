/** Enough for the characters that are shown, also when most of what comes first is hidden. */
const READ_BYTES = 512;
const MAX_CHARACTERS = 80;
/** The secrets of the service, and the tokens signed with them, have no shorter parts. */
const LIKE_A_TOKEN = /[\w+/=.-]{20,}/g;
/** Line breaks count as spaces before this. */
const INVISIBLE = /\p{C}/gu;

/** The beginning of a refused body, to show what is wrong with it: at most 80 characters, all visible, without tokens. */
export function refusedText(body: Buffer): string {
  const text = body.subarray(0, READ_BYTES).toString().replace(LIKE_A_TOKEN, '…').replace(/\s+/g, ' ').trim();
  const characters = [...text.replace(INVISIBLE, '\ufffd')];
  if (characters.length <= MAX_CHARACTERS) return characters.join('');
  return `${characters.slice(0, MAX_CHARACTERS - 1).join('')}…`;
}
