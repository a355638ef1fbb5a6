/** What a page can show of presence. */
export type PageSnippet = 'visitor' | 'count' | 'status' | 'avatars' | 'list' | 'badge';

/** What a snippet depends on. */
export interface SnippetOptions {
  /** The service's own origin. */
  readonly origin: string;
  /** The room to show; an empty text for the whole site. */
  readonly room: string;
  /** The parts of a view that clients without a token may not see. */
  readonly forbidden: readonly string[];
  /** Whether heartbeats need a token of the visitor. */
  readonly needsVisitorToken: boolean;
}

/** The part of a view that each snippet shows. The visitor script shows nothing. */
const PARTS: Readonly<Record<PageSnippet, string | undefined>> = {
  visitor: undefined,
  count: 'totals',
  status: 'visitors',
  avatars: 'members',
  list: 'members',
  badge: 'totals',
};

/** Whether a snippet shows something only with the token of a watcher. */
export const needsToken = (what: PageSnippet, { forbidden }: Pick<SnippetOptions, 'forbidden'>): boolean =>
  forbidden.includes(PARTS[what] ?? '');

/** The lines to paste into a page. What the builder has to replace is in capital letters. */
export function pageSnippet(what: PageSnippet, options: SnippetOptions): string {
  const { origin, room } = options;
  const inRoom = room === '' ? '' : ` room="${attribute(room)}"`;
  const token = needsToken(what, options) ? 'A-WATCH-TOKEN' : '';
  const script = `<script async src="${origin}/elements.js"${token && ` data-token="${token}"`}></script>\n`;
  switch (what) {
    case 'visitor': {
      const visitorRoom = room === '' ? '' : ` data-room="${attribute(room)}"`;
      const visitorToken = options.needsVisitorToken ? ' data-token="THE-USER\'S-TOKEN"' : '';
      return `<script async src="${origin}/client.js" data-uid="THE-USER'S-ID"${visitorRoom}${visitorToken}></script>`;
    }
    case 'count':
      return `${script}<presence-count${inRoom} one="{n} person here" other="{n} people here"></presence-count>`;
    case 'status':
      return `${script}<presence-status uid="THE-USER'S-ID" text></presence-status>`;
    case 'avatars':
      return `${script}<presence-avatars${inRoom} max="5"></presence-avatars>`;
    case 'list':
      return `${script}<presence-list${inRoom} max="10"></presence-list>`;
    case 'badge': {
      const query = new URLSearchParams({ ...(room && { room }), ...(token && { token }) }).toString();
      return `<img src="${attribute(`${origin}/v1/badge/count.svg${query && `?${query}`}`)}" alt="Visitors online">`;
    }
  }
}

const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
