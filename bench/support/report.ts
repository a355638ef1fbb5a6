import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { table } from './markdown.js';

/** How long a table may take. */
export interface Effort {
  readonly rounds: number;
  /** The length of one run. Tables whose runs have a fixed length ignore it. */
  readonly seconds: number;
}

/** A goal, and the figure that is compared with it. */
export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly isMet: boolean;
  /** The known reason for missing it; printed only when the goal is missed. */
  readonly reason: string | undefined;
}

/** One table with its goals. */
export interface Section {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly goals: readonly Goal[];
}

/** When, where and on which source a section is measured. */
export interface Origin {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
}

const FOLDER = new URL('../results/', import.meta.url);
const [NODE_MAJOR] = process.versions.node.split('.');
// The tests and the other documents take their figures from results.md, which has those of the oldest Node.
const FILE = new URL(NODE_MAJOR === '20' ? 'results.md' : `results-node${NODE_MAJOR}.md`, FOLDER);
/** The first line of the file of results. */
export const HEADING = `# Results of the benches on Node ${NODE_MAJOR}`;

/**
 * Compares a figure with a goal.
 *
 * @param bounds both inclusive; default: none
 * @param format `digits` after the point, default 2; `reason`, see {@link Goal}
 */
export function judge(
  goal: string,
  value: number,
  { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: { atLeast?: number; atMost?: number },
  { digits = 2, reason }: { digits?: number; reason?: string } = {},
): Goal {
  return { goal, measured: value.toFixed(digits), isMet: value >= atLeast && value <= atMost, reason };
}

/** A section as Markdown. */
export function render({ title, text, goals }: Section, { date, commit, machine }: Origin): string {
  const rows = goals.map(({ goal, measured, isMet, reason }) => {
    const missed = reason === undefined ? '**missed**' : `**missed**: ${reason}`;
    return [goal, measured, isMet ? 'met' : missed];
  });
  const verdict = rows.length === 0 ? [] : [table(['goal', 'measured', ''], rows)];
  return [`## ${title}`, `Measured ${date} at ${commit} on ${machine}.`, text, ...verdict].join('\n\n');
}

/**
 * Writes a section to the file of results of this version of Node, in place of the section of the same name. All other
 * sections stay.
 *
 * @param names all sections, in the order of the file
 */
export function writeSection(name: string, names: readonly string[], header: string, markdown: string): void {
  mkdirSync(FOLDER, { recursive: true });
  const known = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const kept = (each: string) => new RegExp(`<!-- ${each} -->\n[^]*<!-- /${each} -->`).exec(known)?.[0];
  const written = `<!-- ${name} -->\n${markdown}\n<!-- /${name} -->`;
  const sections = names.flatMap((each) => (each === name ? written : (kept(each) ?? [])));
  writeFileSync(FILE, `${[header, ...sections].join('\n\n')}\n`);
}
