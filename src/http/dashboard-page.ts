import { gzipSync } from 'node:zlib';
import type { Asset } from './assets.js';
import { escapeMarkup } from './escape-markup.js';
import { etagOf } from './etag.js';

/** The texts of dashboard.html in place of which the site's name stands: the title and the heading. */
const PLACES = ['<title>Presence</title>', '<h1 id="site-name" dir="auto">Presence</h1>'] as const;

/**
 * Returns the dashboard's page with the name of the site in its title and heading; undefined leaves it as it is. Throws when
 * the page has no place for it.
 */
export function nameDashboard(page: Asset, siteName: string | undefined): Asset {
  if (siteName === undefined) return page;
  let html = page.plain.toString();
  for (const place of PLACES) {
    if (!html.includes(place)) throw new Error(`The dashboard has no ${place}.`);
    // A function, as `$` has a meaning in a text.
    html = html.replace(place, () => place.replace('Presence', () => escapeMarkup(siteName)));
  }
  const plain = Buffer.from(html);
  return { contentType: page.contentType, plain, gzip: gzipSync(plain, { level: 9 }), etag: etagOf(plain) };
}
