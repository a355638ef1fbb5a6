import { createHash } from 'node:crypto';

/** A strong ETag of these bytes, or of a text in UTF-8, quotes included (RFC 9110, 8.8.3). */
export const etagOf = (content: Buffer | string): string =>
  `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;

/** Whether an If-None-Match header lists the ETag. Weak comparison (RFC 9110, 13.1.2). */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((each) => ['*', etag].includes(each.trim().replace(/^W\//, '')));
}
