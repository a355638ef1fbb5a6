import type { Visitor } from './explain.js';
import { address, ask } from './service.js';

const MAX_UIDS = 100;
/** Servers refuse addresses that are much longer; a name may take two thousand characters of them. */
const MAX_CHARACTERS = 6000;

/** Asks for these visitors, with as few requests as the service takes. */
export async function lookUp(uids: readonly string[]): Promise<Visitor[]> {
  const base = address('/v1/visitors');
  const prefix = `${base}${base.includes('?') ? '&' : '?'}uids=`;
  const answers = await Promise.all(
    inParts(uids).map((names) => ask<{ visitors: Visitor[] }>(`${prefix}${names.join(',')}`)),
  );
  return answers.flatMap(({ visitors }) => visitors);
}

function inParts(uids: readonly string[]): string[][] {
  const parts: string[][] = [];
  let characters = 0;
  for (const uid of uids) {
    // Every name is encoded by itself, as a comma within one must not separate.
    const name = encodeURIComponent(uid);
    const part = parts.at(-1);
    characters += name.length + 1;
    if (part && part.length < MAX_UIDS && characters <= MAX_CHARACTERS) {
      part.push(name);
    } else {
      parts.push([name]);
      characters = name.length;
    }
  }
  return parts;
}
