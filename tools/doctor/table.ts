import type { Row } from './rows.js';

const STATE_WIDTH = 'not checked'.length;

/** The table for a terminal: a line for each row, and below it the remedy if there is one. */
export function tableOf(rows: readonly Row[]): string {
  const checkWidth = Math.max(...rows.map(({ check }) => check.length));
  const indent = ' '.repeat(checkWidth + STATE_WIDTH + 4);
  return rows
    .flatMap(({ check, state, text, remedy }) => [
      `${check.padEnd(checkWidth)}  ${state.padEnd(STATE_WIDTH)}  ${text}`,
      ...(remedy === undefined ? [] : [`${indent}→ ${remedy}`]),
    ])
    .join('\n');
}
