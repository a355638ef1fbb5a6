/** Stands for a number in a request that a double cannot carry: `JSON.parse` would have changed it silently. */
export interface InexactNumber {
  readonly [MARK]: string;
}

const MARK = 'number as it was sent';
/** At least 16 digits, or an exponent. A decimal with fewer digits survives the way through a double. */
const SUSPICIOUS = /\d[\d.]{15}|\d[eE]/;
/** In valid JSON, quotes and digits outside of strings only occur in these two. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON text like `JSON.parse`, but with an `InexactNumber` for each number that a double cannot carry exactly.
 * Reading the numbers from the text works on every version of Node; `JSON.parse` passes it to revivers since Node 21 only.
 */
export function parseExactly(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!SUSPICIOUS.test(text)) return value;
  const marked = text.replace(STRING_OR_NUMBER, (token) =>
    token.startsWith('"') || isExact(token) ? token : JSON.stringify({ [MARK]: token }),
  );
  return marked === text ? value : JSON.parse(marked);
}

/** The text of an inexact number; undefined for any other value. */
export const inexactNumberText = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null && MARK in value && typeof value[MARK] === 'string'
    ? value[MARK]
    : undefined;

/** Whether the double that a JSON number becomes stands for the same decimal number. */
const isExact = (number: string): boolean => normalized(number) === normalized(String(Number(number)));

/** The significant digits and the exponent of a decimal number. */
function normalized(number: string): string {
  const [, sign = '', whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number) ?? [];
  if (whole === undefined) return number;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
