import { requestViewAccess, visibleParts } from '../../auth/view-access.js';
import type { WatchAccess } from '../../auth/watch-access.js';
import { readViewQuery, type ViewLevel } from '../../protocol/view.js';
import type { Views } from '../../streams/views.js';
import { answerError, answerKept } from '../answer.js';
import type { Handler } from '../context.js';

/** What the handler of views works with. */
export interface ViewDependencies {
  readonly views: Views;
  readonly watchAccess: WatchAccess;
  /** What everybody may see where watching needs credentials. */
  readonly publicView: ViewLevel;
}

/** Everybody gets the same answer, so caches may share it for as long as a stream's tick. */
const OPEN_CACHING = ['Cache-Control', 'public, max-age=2'] as const;
/** The answer depends on credentials: no shared cache keeps it, and a browser asks again each time, also after a sign-out. */
const GUARDED_CACHING = ['Cache-Control', 'private, no-cache', 'Vary', 'Authorization, Cookie'] as const;

/**
 * `GET /v1/view?room=&totals&members=&uids=&uids=`: what a page without a heartbeat shows of presence. A part that the
 * client may not see is no error: it is left out and named in `forbidden`, so that the other parts of a page still work.
 */
export function createViewHandler({ views, watchAccess, publicView }: ViewDependencies): Handler {
  const caching = watchAccess.isOpen ? OPEN_CACHING : GUARDED_CACHING;

  return async (context) => {
    const access = await requestViewAccess(watchAccess, publicView, context.request.headers, context.query);
    if (!access.ok) return answerError(context, access.error);
    const view = readViewQuery(context.query);
    if (!view.ok) return answerError(context, view.error);
    const body = views.encode(view.value, visibleParts(access.value, view.value.room));
    // The ETag is of what this client may see, so that it says nothing about the rest.
    answerKept(context, 'application/json', body, caching);
  };
}
