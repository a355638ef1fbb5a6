import type { Status } from '../presence/types.js';
import { escapeMarkup } from './escape-markup.js';

/** What a badge shows. */
export interface Badge {
  /** The colour of the dot. */
  readonly status: Status;
  /** Beside the dot. Of the characters of ASCII: its width is estimated, and the font fitted to it. */
  readonly text: string;
  /** What the badge is about, for its text alternative: any text; undefined for the whole site. */
  readonly subject: string | undefined;
}

/** Each has a contrast of at least 3:1 to the ground of the badge (WCAG 2.2, 1.4.11). */
const COLORS: Readonly<Record<Status, string>> = { active: '#4ade80', idle: '#fbbf24', offline: '#9ca3af' };
const TEXT_START_PX = 20;
/** Widths in Verdana at 11 px, roughly. The text is fitted to their sum in any other font. */
const [NARROW_PX, WIDE_PX] = [4, 6.8];
const NARROW = /[filt ]/g;
/** Characters that XML does not allow, not even escaped (XML 1.0, 2.2), and that names may contain. */
const NOT_IN_XML = /[\ufffe\uffff]/g;

/** Draws a badge as SVG. It has a ground of its own, so that it can be read on light and on dark pages. */
export function badgeSvg({ status, text, subject }: Badge): string {
  const narrowCount = text.match(NARROW)?.length ?? 0;
  const textPx = Math.ceil(narrowCount * NARROW_PX + (text.length - narrowCount) * WIDE_PX);
  const widthPx = TEXT_START_PX + textPx + 8;
  // Isolated: a name may change the direction of the words after it.
  const alternative = escapeXml(subject === undefined ? text : `\u2068${subject}\u2069: ${text}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="20" role="img" aria-label="${alternative}">`,
    `<title>${alternative}</title>`,
    `<rect width="${widthPx}" height="20" rx="10" fill="#1f2937"/>`,
    `<circle cx="11" cy="10" r="4" fill="${COLORS[status]}"/>`,
    `<text x="${TEXT_START_PX}" y="14" textLength="${textPx}" lengthAdjust="spacingAndGlyphs" fill="#fff"`,
    ` font-family="Verdana,Geneva,sans-serif" font-size="11">${escapeXml(text)}</text>`,
    '</svg>',
  ].join('');
}

const escapeXml = (text: string): string => escapeMarkup(text.replace(NOT_IN_XML, '\ufffd'));
