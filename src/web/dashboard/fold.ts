/** Without vowel signs, as in Hindi or Thai, which are marks too: words that differ in them are different words. */
const DIACRITIC_MARKS = /(?=\p{M})\p{Diacritic}/gu;

/**
 * Folds a text for comparing: without diacritics, case and compatibility variants. So "istanbul" finds "İstanbul", and a
 * name is found whether its accents are composed or not. Not for keys: uids that differ are different visitors.
 */
export const fold = (text: string): string =>
  // Upper case last: lower case has two forms of the Greek sigma, and keeps "ß" apart from "ss".
  text.normalize('NFKD').replace(DIACRITIC_MARKS, '').toLowerCase().toUpperCase();
