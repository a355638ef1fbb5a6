import type { Session } from './sessions.js';

/** A visitor on the site or in a room. */
export interface PlaceState {
  lastSeenMs: number;
  lastActivityMs: number;
  /** The first moment the visitor is not there any more, unless heard of before. */
  endsAtMs: number;
  /** When the visitor was last gone, as far as is known. What was so before is forgotten. */
  endedAtMs: number;
  sessions: Session[];
}

/** Everything that follows from a visitor's heartbeats and goodbyes. One whose place on the site has ended is not here. */
export interface VisitorState {
  readonly site: PlaceState;
  /** Undefined for one who has not been in any, as most. */
  rooms: Map<string, PlaceState> | undefined;
  /** Canonical JSON text; undefined when none was given. */
  info: string | undefined;
  infoAtMs: number;
}
