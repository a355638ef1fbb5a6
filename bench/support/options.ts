import { parseArgs } from 'node:util';

/** What was given on the command line. */
export interface CommandLine<Name extends string> {
  readonly options: Readonly<Record<Name, number>>;
  readonly words: readonly string[];
}

/**
 * Reads options such as `--seconds 3` from the command line. On anything else it prints the usage and exits with status 1.
 *
 * @param script the npm script, for the usage
 * @param defaults the options with their default values; each takes a number of at least 1
 * @param words the words that may be given beside the options; default: none
 */
export function readCommandLine<Name extends string>(
  script: string,
  defaults: Readonly<Record<Name, number>>,
  words: readonly string[] = [],
): CommandLine<Name> {
  const entries = Object.entries<number>(defaults);
  const options = Object.fromEntries(
    entries.map(([name, value]) => [name, { type: 'string' as const, default: String(value) }]),
  );
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const numbers = entries.map(([name]) => [name, Number(values[name])] as const);
    const isValid = numbers.every(([, value]) => value >= 1) && positionals.every((word) => words.includes(word));
    if (isValid) return { options: Object.fromEntries(numbers) as Record<Name, number>, words: positionals };
  } catch {
    // The usage below says what parseArgs expects.
  }
  const usage = [
    ...(words.length === 0 ? [] : [`[${words.join('|')}]...`]),
    ...entries.map(([name]) => `[--${name} N]`),
  ];
  console.error(`Usage: npm run ${script} -- ${usage.join(' ')}`);
  process.exit(1);
}
