/** A picture for the browser's tab: the number in a filled square; an empty ring when nobody is online or it is not known. */
export function faviconOf(online: number | undefined): string {
  return `data:image/svg+xml,${encodeURIComponent(online ? numberSvg(shortCount(online)) : RING)}`;
}

const open = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">';
/** Grey, which is visible on light and on dark tabs. */
const RING = `${open}<circle cx="16" cy="16" r="11" fill="none" stroke="#858e9f" stroke-width="5"/></svg>`;
/** By the number of characters, so that each fits. */
const FONT_SIZES = [24, 24, 20, 16];

function numberSvg(text: string): string {
  const size = FONT_SIZES[text.length] ?? 13;
  const style = `fill="#fff" font-family="system-ui,sans-serif" font-weight="700" font-size="${size}"`;
  return `${open}<rect width="32" height="32" rx="8" fill="#13733c"/><text x="16" y="${16 + size * 0.36}" text-anchor="middle" ${style}>${text}</text></svg>`;
}

/** At most four characters: 999, 9k, 999k, 9M. Rounded down, as it is a number of visitors who are there. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count);
  if (count < 1_000_000) return `${Math.floor(count / 1000)}k`;
  return `${Math.floor(count / 1_000_000)}M`;
}
