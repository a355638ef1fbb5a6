import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** A file for browsers, read once, and compressed once somebody asks for it. */
export interface Asset {
  readonly contentType: string;
  readonly plain: Buffer;
  readonly gzip: Buffer;
  /** A strong validator of the plain bytes (RFC 9110, 8.8.3), quotes included. */
  readonly etag: string;
}

const FILES = {
  'client.js': 'text/javascript; charset=utf-8',
  'client.mjs': 'text/javascript; charset=utf-8',
  'client.d.mts': 'text/plain; charset=utf-8',
  'dashboard.html': 'text/html; charset=utf-8',
  'dashboard.js': 'text/javascript; charset=utf-8',
  'dashboard.css': 'text/css; charset=utf-8',
} as const;

/** The files that there are. */
export type AssetName = keyof typeof FILES;
/** All files for browsers, by name. */
export type Assets = Readonly<Record<AssetName, Asset>>;

/** Where the build puts the files, seen from this file in `src/` as well as in `dist/`. */
const DIRECTORY = new URL('../../dist/web/', import.meta.url);

/** Reads all files that the service serves to browsers. Throws when the build has not made them. */
export function readAssets(): Assets {
  const entries = Object.entries(FILES).map(([name, contentType]) => [name, readAsset(name, contentType)]);
  return Object.fromEntries(entries) as Assets;
}

function readAsset(name: string, contentType: string): Asset {
  const plain = readFileSync(new URL(name, DIRECTORY));
  const digest = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  let gzip: Buffer | undefined;
  return {
    contentType,
    plain,
    get gzip() {
      gzip ??= gzipSync(plain, { level: 9 });
      return gzip;
    },
    etag: `"${digest}"`,
  };
}
