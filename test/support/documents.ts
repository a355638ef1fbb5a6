import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A Markdown document of the project. */
export interface Document {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** The text without its fenced code blocks. */
  readonly prose: string;
}

/** A fenced code block. */
export interface Block {
  readonly path: string;
  /** The line of its first fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** The further words behind the language. */
  readonly marks: readonly string[];
  readonly text: string;
}

const paths = readdirSync('.').concat(readdirSync('docs').map((name) => `docs/${name}`));

/** All documents but the measured results. */
export const documents: readonly Document[] = paths.filter((path) => path.endsWith('.md')).map(readDocument);

/** A document by its path. */
export function documentAt(path: string): Document {
  const found = documents.find((document) => document.path === path);
  if (found === undefined) throw new Error(`There is no ${path}.`);
  return found;
}

/** How a block is named in messages. */
export const placeOf = ({ path, line, language }: Block): string => `${path}:${line} (${language})`;

/** The name that a block's first line gives to a file, as in `// visitor-token.mjs`. */
export const fileNameOf = ({ text }: Block): string | undefined => /^(?:\/\/|#) ([\w-]+\.(?:mjs|py))\n/.exec(text)?.[1];

/** The texts between single backticks, in prose and tables. */
export const codeSpans = ({ prose }: Document): string[] =>
  Array.from(prose.matchAll(/`([^`\n]+)`/g), ([, span]) => span!.replaceAll('\\|', '|'));

/** The cells of all table rows, without the heads, of a document or of the part of it below a heading. */
export function tableRows({ prose }: Document, heading?: string): string[][] {
  const part = heading === undefined ? prose : sectionOf(prose, heading);
  const lines = part.split('\n');
  return lines
    .filter(
      (line, index) => line.startsWith('|') && !/^\|[ :|-]+$/.test(line) && !/^\|[ :|-]+$/.test(lines[index + 1] ?? ''),
    )
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** Where the links of a document lead, but for the web. */
export const localLinks = ({ prose }: Document): string[] =>
  Array.from(prose.replace(/`[^`\n]+`/g, '').matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target!).filter(
    (target) => !/^[a-z]+:/.test(target),
  );

/** The anchors of a document's headings, as GitHub makes them. */
export function anchorsOf({ prose }: Document): string[] {
  const seen = new Map<string, number>();
  return Array.from(prose.matchAll(/^#{1,6} (.+)$/gm), ([, heading]) => {
    const slug = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** What is wrong with a link, if anything. */
export function linkProblem(document: Document, target: string): string | undefined {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? document.path : normalize(join(dirname(document.path), decodeURIComponent(file)));
  if (!existsSync(path)) return `${document.path} links to ${target}, and there is no ${path}`;
  if (anchor === undefined || !path.endsWith('.md') || anchorsOf(readDocument(path)).includes(anchor)) return undefined;
  return `${document.path} links to ${target}, and ${path} has no such heading`;
}

function readDocument(path: string): Document {
  const text = readFileSync(path, 'utf8');
  const blocks: Block[] = [];
  const prose: string[] = [];
  let fence: { line: number; words: string[]; lines: string[] } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const isFence = line.trimStart().startsWith('```');
    if (fence === undefined && isFence) {
      fence = { line: index + 1, words: line.trim().slice(3).split(' '), lines: [] };
    } else if (fence !== undefined && isFence) {
      const [language = '', ...marks] = fence.words;
      blocks.push({ path, line: fence.line, language, marks, text: `${fence.lines.join('\n')}\n` });
      fence = undefined;
    } else {
      (fence?.lines ?? prose).push(line);
    }
  }
  if (fence !== undefined) throw new Error(`${path}:${fence.line} opens a code block that nothing closes.`);
  return { path, text, blocks, prose: prose.join('\n') };
}

/** What is below a heading, up to the next one of the same level or above. */
function sectionOf(prose: string, heading: string): string {
  const [start] = new RegExp(`^#+ ${heading}$`, 'm').exec(prose) ?? [];
  if (start === undefined) throw new Error(`There is no heading ${heading}.`);
  const rest = prose.slice(prose.indexOf(start) + start.length);
  const level = /^#+/.exec(start)![0].length;
  const next = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return next === -1 ? rest : rest.slice(0, next);
}
