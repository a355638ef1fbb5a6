/** They would end the isolate, or keep its end from doing so (UAX #9). */
const ISOLATE_CONTROLS = /[\u2066-\u2069]/g;
/** Every isolate ends at a paragraph separator, and some control characters are such. */
const PARAGRAPH_SEPARATORS = /[\p{Cc}\u2029]/gu;

/**
 * Wraps a name for a sentence, so that its letters and direction controls do not reorder the words around it. An element
 * that contains nothing but the name needs `dir="auto"` instead.
 */
export function isolate(name: string): string {
  return `\u2068${name.replace(ISOLATE_CONTROLS, '').replace(PARAGRAPH_SEPARATORS, ' ')}\u2069`;
}
