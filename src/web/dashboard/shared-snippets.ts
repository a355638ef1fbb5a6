/** What a shared link is for. */
export type SharedLink = 'link' | 'frame' | 'stream';

/** A link that was made. */
export interface MadeLink {
  /** The dashboard with a token, and with the room if it is for one. */
  readonly url: string;
  /** In Unix seconds. */
  readonly expiresAt: number;
  /** Whether it shows numbers only. */
  readonly isNumbers: boolean;
}

/** The text to paste: an address, a frame, or a line of script that opens a stream. */
export function sharedSnippet(as: SharedLink, { url, isNumbers }: MadeLink): string {
  switch (as) {
    case 'link':
      return url;
    case 'frame':
      return `<iframe src="${url.replaceAll('&', '&amp;')}" title="Who is here" width="100%" height="600"></iframe>`;
    case 'stream': {
      const stream = new URL(url);
      stream.pathname = isNumbers ? '/sse/totals' : '/sse/online';
      return `new EventSource(${JSON.stringify(stream.href)})`;
    }
  }
}
