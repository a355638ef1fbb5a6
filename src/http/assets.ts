import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { etagOf } from './etag.js';

/** A static file. It is read at the start, and compressed at the first request for gzip. */
export interface Asset {
  readonly contentType: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
  /** A strong ETag of the plain bytes, quotes included (RFC 9110, 8.8.3). */
  readonly etag: string;
}

const FILES = {
  'client.js': 'text/javascript; charset=utf-8',
  'client.mjs': 'text/javascript; charset=utf-8',
  'client.d.mts': 'text/plain; charset=utf-8',
  'elements.js': 'text/javascript; charset=utf-8',
  'elements.d.mts': 'text/plain; charset=utf-8',
  'dashboard.html': 'text/html; charset=utf-8',
  'dashboard.js': 'text/javascript; charset=utf-8',
  'dashboard.css': 'text/css; charset=utf-8',
  'openapi.json': 'application/json',
} as const;

/** The names of the static files. */
export type AssetName = keyof typeof FILES;
/** All static files, by name. */
export type Assets = Readonly<Record<AssetName, Asset>>;

/** The build's output. The path is the same from `src/http/` as from `dist/service/`, where the bundle lies. */
const DIRECTORY = new URL('../../dist/web/', import.meta.url);

/** Reads all static files. Throws when the build has not created them. */
export function readAssets(): Assets {
  const entries = Object.entries(FILES).map(([name, contentType]) => [name, readAsset(name, contentType)]);
  return Object.fromEntries(entries) as Assets;
}

function readAsset(name: string, contentType: string): Asset {
  const plain = readFileSync(new URL(name, DIRECTORY));
  let gzip: Buffer | undefined;
  return {
    contentType,
    plain,
    get gzip() {
      gzip ??= gzipSync(plain, { level: 9 });
      return gzip;
    },
    etag: etagOf(plain),
  };
}
