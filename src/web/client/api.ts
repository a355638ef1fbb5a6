// The public types of the ES module. The build makes client.d.mts of this file and client.ts.

/** What dashboards show of a visitor: a flat object, such as `{ name, avatar }`, of at most 1024 bytes of JSON. */
export type Info = Readonly<Record<string, string | number | boolean | null>>;

/** A visitor, and the room that the page is in. */
export interface Visitor {
  /** The visitor's id on your site: 1 to 256 characters. */
  readonly uid: string;
  /** The place on your site: 1 to 256 characters. No room when left out. */
  readonly room?: string | undefined;
  readonly info?: Info | undefined;
  /** Whether to hide the visitor. Left out, the visitor stays what its last heartbeat made it. */
  readonly invisible?: boolean | undefined;
  /** Proves the uid, where the service asks for a token. */
  readonly token?: string | undefined;
}

/** Fetches a token for a visitor from your backend. A promise that rejects is tried again later. */
export type GetToken = (uid: string) => string | undefined | Promise<string | undefined>;

/** The options of `start`. Only `uid` is required. */
export interface StartOptions extends Visitor {
  /** The service's address. Defaults to where the module was loaded from. */
  readonly service?: string | undefined;
  /** The longest time between heartbeats. The interval that the service asks for counts when it is shorter, or by default. */
  readonly intervalSeconds?: number | undefined;
  /** `active`: a video that plays in view counts as input. By default it does not. */
  readonly media?: 'active' | undefined;
  /** Called when there is no token, shortly before the token expires, and when the service has refused it. */
  readonly getToken?: GetToken | undefined;
}

/** Controls the heartbeats of one page. */
export interface Handle {
  /**
   * Replaces the given values and sends a heartbeat; a value that is left out stays. Also resumes heartbeats after the
   * service has refused them, for example with a new token.
   */
  update(changes: Partial<Visitor>): void;
  /** Sends a leave and ends the heartbeats. */
  stop(): void;
}
