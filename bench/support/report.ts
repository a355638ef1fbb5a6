import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { table } from './statistics.js';

/** How long a table may take. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
}

/** A goal, and what became of it. */
export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly isMet: boolean;
  /** What a profile showed, in case it is missed. */
  readonly found?: string | undefined;
}

/** What a table gives. */
export interface Section {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly goals: readonly Goal[];
}

const FOLDER = new URL('../results/', import.meta.url);
const FILE = new URL('results.md', FOLDER);

/** A goal that is an upper or lower bound. */
export function judge(
  goal: string,
  value: number,
  bound: { least?: number; most?: number },
  digits = 2,
  found?: string,
): Goal {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = bound;
  return { goal, measured: value.toFixed(digits), isMet: value >= least && value <= most, found };
}

/** A section as Markdown. */
export function render({ title, text, goals }: Section, date: string): string {
  const rows = goals.map(({ goal, measured, isMet, found }) => {
    const missed = found === undefined ? '**missed**' : `**missed**: ${found}`;
    return [goal, measured, isMet ? 'met' : missed];
  });
  const verdict = rows.length === 0 ? [] : [table(['goal', 'measured', ''], rows)];
  return [`## ${title}`, `Measured ${date}.`, text, ...verdict].join('\n\n');
}

/**
 * Writes a section into `bench/results/`, in place of the one of the same name, if any. Sections stand in
 * the order of `names`.
 */
export function writeSection(name: string, names: readonly string[], header: string, section: Section, date: string) {
  mkdirSync(FOLDER, { recursive: true });
  const known = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const kept = (each: string) => new RegExp(`<!-- ${each} -->\n[^]*<!-- /${each} -->`).exec(known)?.[0];
  const written = `<!-- ${name} -->\n${render(section, date)}\n<!-- /${name} -->`;
  const sections = names.flatMap((each) => (each === name ? written : (kept(each) ?? [])));
  writeFileSync(FILE, `${[header, ...sections].join('\n\n')}\n`);
}
