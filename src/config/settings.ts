/** Everything an operator can set. Durations in milliseconds, sizes in bytes. */
export interface Config {
  readonly presence: PresenceSettings;
  readonly streams: StreamSettings;
  readonly http: HttpSettings;
  readonly trust: TrustSettings;
  /** Where presence is shared with other instances; undefined for one instance that keeps it alone. */
  readonly redis: RedisSettings | undefined;
  readonly log: LogSettings;
  /** Whether the function may take over the server that the framework starts. */
  readonly directDispatch: boolean;
}

/** How streams are paced and bounded. */
export interface StreamSettings {
  /** Time between two events of `/sse/online`. */
  readonly tickIntervalMs: number;
  readonly maxStreams: number;
  /** The longest a stream lives; each one ends somewhere between 80 % and 100 % of it. */
  readonly maxAgeMs: number;
  /** How long a watcher may leave its bytes unread before it is dropped. */
  readonly drainTimeoutMs: number;
  readonly gzip: boolean;
}

/** What requests may be, and who may send them. */
export interface HttpSettings {
  /** Origins that pages may call from; `'*'` for any. */
  readonly allowOrigins: readonly string[] | '*';
  /** The sources of CSP's `frame-ancestors`: who may show the dashboard in a frame. */
  readonly frameAncestors: string;
  readonly maxBodyBytes: number;
  /** How long a client may take to send a request's header and body. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept open. */
  readonly keepAliveMs: number;
}

/** Who is believed, and how much of a good thing each may have. */
export interface TrustSettings {
  /** Secrets that heartbeats' tokens may be signed with; none: heartbeats need no token. */
  readonly hitSecrets: readonly string[];
  /** Secrets that open what shows names, by themselves or as signatures of tokens; none: everybody may watch. */
  readonly watchSecrets: readonly string[];
  /** Whether totals, which show no names, are open all the same. */
  readonly publicTotals: boolean;
  /** Hits per minute; 0 for no limit. */
  readonly hitsPerUidPerMinute: number;
  readonly hitsPerAddressPerMinute: number;
  /** Streams at once; 0 for no limit. */
  readonly streamsPerAddress: number;
  /** How many proxies in front of the service append to `X-Forwarded-For`. */
  readonly trustedHops: number;
  readonly metrics: 'off' | 'open' | 'token';
  /** Any of these opens `/metrics` when it is guarded. */
  readonly metricsTokens: readonly string[];
}

/** The Redis or Valkey that instances share presence through. */
export interface RedisSettings {
  readonly url: string;
  /** Where it is not in the address. */
  readonly password: string | undefined;
  /** The name of the stream; instances of the same site use the same. */
  readonly key: string;
  /** Whether to refuse to start without it. */
  readonly isRequired: boolean;
}

/** What is logged. */
export interface LogSettings {
  readonly level: string;
  /** The Google Cloud project that traces belong to, if known. */
  readonly project: string | undefined;
}

/** The rules presence is kept by. All durations in milliseconds. */
export interface PresenceSettings {
  /** A visitor is online while `now - lastSeen <= onlineWindowMs`. */
  readonly onlineWindowMs: number;
  /** An online visitor is active while `now - lastActivity <= activeWindowMs`, else idle. */
  readonly activeWindowMs: number;
  /** How long a leave waits for a hit that takes it back. 0 makes a leave final at once. */
  readonly leaveSettleMs: number;
  /** The most visitors online at once, and the most room memberships at once. */
  readonly maxVisitors: number;
  /** The most rooms with somebody in them. */
  readonly maxRooms: number;
  /** The most open pages kept per visitor; the stalest gives way. */
  readonly maxSessions: number;
}
