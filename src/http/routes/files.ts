import type { HttpSettings } from '../../config/settings.js';
import type { Arrivals } from '../../metrics/arrivals.js';
import { acceptsGzip } from '../accept-encoding.js';
import { answerEmpty } from '../answer.js';
import type { Asset, AssetName, Assets } from '../assets.js';
import type { Handler } from '../context.js';
import { nameDashboard } from '../dashboard-page.js';
import { matchesEtag } from '../etag.js';
import type { Route } from '../router.js';

const NO_SNIFF = ['X-Content-Type-Options', 'nosniff'] as const;
/** The address of the script is pasted into pages, so it cannot change with the content. A new version arrives within 10 min. */
const SCRIPT_CACHING = ['Cache-Control', 'public, max-age=600, stale-while-revalidate=86400'] as const;
/** The page and its files must be of one version, so browsers revalidate each time. The answer is mostly 304. */
const PAGE_CACHING = ['Cache-Control', 'no-cache'] as const;

/** For what pages of any origin may read. It is the same for all of them, so it does not vary by origin. */
const READABLE_BY_ANY_ORIGIN = { allowed: true, headers: ['Access-Control-Allow-Origin', '*'] } as const;

/**
 * The routes of the static files: the scripts for pages and the OpenAPI document, for pages of any origin, and the dashboard.
 *
 * @param settings who may show the dashboard in a frame, and the name that it shows
 * @param arrivals counts who fetches the visitor script
 */
export function createFileRoutes(
  assets: Assets,
  settings: Pick<HttpSettings, 'frameAncestors' | 'siteName'>,
  arrivals: Arrivals,
): (readonly [path: string, route: Route])[] {
  const { frameAncestors, siteName } = settings;
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    // The info of a visitor may link to an avatar on any host. The icon of the tab is a data URL.
    "img-src 'self' https: data:",
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
  const page = [...PAGE_CACHING, ...NO_SNIFF, 'Content-Security-Policy', policy, 'Referrer-Policy', 'no-referrer'];
  const script = [...SCRIPT_CACHING, ...NO_SNIFF, 'Cross-Origin-Resource-Policy', 'cross-origin'];
  const document = [...PAGE_CACHING, ...NO_SNIFF, 'Cross-Origin-Resource-Policy', 'cross-origin'];
  const served = { ...assets, 'dashboard.html': nameDashboard(assets['dashboard.html'], siteName) };
  const serve = (name: AssetName, headers: readonly string[], anyOrigin: boolean): Route => ({
    get: createAssetHandler(served[name], headers),
    anyOrigin,
  });
  const counted = ({ get, ...route }: Route): Route => ({
    ...route,
    get: (context) => {
      arrivals.countScript(context.request.headers);
      return get?.(context);
    },
  });
  return [
    ['/', serve('dashboard.html', page, false)],
    ['/dashboard.js', serve('dashboard.js', page, false)],
    ['/dashboard.css', serve('dashboard.css', page, false)],
    ['/client.js', counted(serve('client.js', script, true))],
    ['/client.mjs', counted(serve('client.mjs', script, true))],
    ['/client.d.mts', serve('client.d.mts', script, true)],
    ['/elements.js', serve('elements.js', script, true)],
    ['/elements.d.mts', serve('elements.d.mts', script, true)],
    ['/openapi.json', readableByAnyOrigin(serve('openapi.json', document, true))],
  ];
}

/** The route with its answers open to the scripts of every page, which the files for `<script>` and the dashboard are not. */
function readableByAnyOrigin({ get, ...route }: Route): Route {
  return { ...route, get: (context) => get?.({ ...context, cors: READABLE_BY_ANY_ORIGIN }) };
}

function createAssetHandler(asset: Asset, headers: readonly string[]): Handler {
  return (context) => {
    const { request, response, cors } = context;
    const validators = ['ETag', asset.etag, 'Vary', 'Accept-Encoding', ...headers];
    if (matchesEtag(request.headers['if-none-match'], asset.etag)) return answerEmpty(context, 304, validators);
    const compressed = acceptsGzip(request.headers['accept-encoding']);
    const bytes = compressed ? asset.gzip : asset.plain;
    const encoding = compressed ? ['Content-Encoding', 'gzip'] : [];
    const content = ['Content-Type', asset.contentType, 'Content-Length', String(bytes.length), ...encoding];
    response.writeHead(200, [...cors.headers, ...validators, ...content]).end(bytes);
  };
}
