import type { ViewLevel } from '../protocol/view.js';
import type { WebhookEventType } from '../protocol/webhook-events.js';
import type { LogSettings } from '../runtime/log.js';

/** Everything an operator can set. Durations in milliseconds, sizes in bytes. */
export interface Config {
  readonly presence: PresenceSettings;
  readonly streams: StreamSettings;
  readonly http: HttpSettings;
  readonly trust: TrustSettings;
  /** The Redis through which instances share presence; undefined for a single instance. */
  readonly redis: RedisSettings | undefined;
  /** Where events are sent; undefined when they are not. */
  readonly webhooks: WebhookSettings | undefined;
  readonly handover: HandoverSettings;
  readonly log: LogSettings;
  /** Whether requests bypass the framework's Express stack. */
  readonly directDispatch: boolean;
}

/** The pace and the bounds of streams. */
export interface StreamSettings {
  /** The time between two events of `/sse/online`. */
  readonly tickIntervalMs: number;
  /** The shortest time between two events of `/sse/changes`. */
  readonly changeIntervalMs: number;
  readonly maxStreams: number;
  /** 0 for no limit. */
  readonly maxStreamsPerAddress: number;
  /** The maximum age of a stream. Each one ends after 80 to 100 % of it, or sooner when most places are taken. */
  readonly maxAgeMs: number;
  /** How long a watcher may leave its bytes unread before it is dropped. */
  readonly drainTimeoutMs: number;
  readonly gzip: boolean;
}

/** What requests are accepted, and from which pages. */
export interface HttpSettings {
  /** The origins whose pages may call; `'*'` for any. */
  readonly allowOrigins: readonly string[] | '*';
  /** The sources of CSP's `frame-ancestors`: who may show the dashboard in a frame. */
  readonly frameAncestors: string;
  /** The name in the dashboard's title and header; undefined: none. Not yet escaped. */
  readonly siteName: string | undefined;
  /** How often pages are asked to send heartbeats. */
  readonly heartbeatSeconds: number;
  readonly maxBodyBytes: number;
  /** How long a client may take to send a request's header and body. */
  readonly requestTimeoutMs: number;
  /** How long an idle connection is kept open. */
  readonly keepAliveMs: number;
}

/** Who is trusted, and the limits per visitor and address. */
export interface TrustSettings {
  /** The secrets that sign the tokens of heartbeats; none: heartbeats need no token. */
  readonly hitSecrets: readonly string[];
  /** The secrets that allow watching, directly or as signatures of tokens; none: everybody may watch. */
  readonly watchSecrets: readonly string[];
  /** What everybody may see in spite of `watchSecrets`. Without these, everybody may see everything. */
  readonly publicView: ViewLevel;
  /** Hits per minute; 0 for no limit. */
  readonly hitsPerUidPerMinute: number;
  readonly hitsPerAddressPerMinute: number;
  /** How many proxies in front of the service append to `X-Forwarded-For`. */
  readonly trustedHops: number;
  readonly metrics: 'off' | 'open' | 'token';
  /** The tokens that allow reading `/metrics` when it is guarded. */
  readonly metricsTokens: readonly string[];
}

/** The Redis or Valkey through which instances share presence. */
export interface RedisSettings {
  readonly url: string;
  /** The password, if the URL has none. */
  readonly password: string | undefined;
  /** The name of the stream; instances of the same site use the same. */
  readonly key: string;
  /** Whether to refuse to start without it. */
  readonly isRequired: boolean;
}

/** Where events are sent, and which. */
export interface WebhookSettings {
  readonly url: string;
  /** In the form of Standard Webhooks; requests are signed with each of them. At least one. */
  readonly secrets: readonly string[];
  /** How long events are gathered; 0 sends each in a request of its own, at once. */
  readonly batchMs: number;
  readonly types: ReadonlySet<WebhookEventType>;
  /** Whether snapshots say which rooms the visitors are in. */
  readonly hasRooms: boolean;
}

/** How a new process gets the state of the one that it replaces. */
export interface HandoverSettings {
  /** The public address of the service; undefined: the process starts empty. */
  readonly peerUrl: string | undefined;
  /** The secrets that guard the handover; none: `watchSecrets` do, else `hitSecrets`. */
  readonly secrets: readonly string[];
}

/** The rules of presence. All durations are in milliseconds. */
export interface PresenceSettings {
  /** A visitor is online while `now - lastSeen <= onlineWindowMs`. */
  readonly onlineWindowMs: number;
  /** An online visitor is active while `now - lastActivity <= activeWindowMs`, else idle. */
  readonly activeWindowMs: number;
  /** How long a hit can still cancel a leave. 0 makes a leave final at once. */
  readonly leaveSettleMs: number;
  /** The maximum number of visitors online, and of room memberships. */
  readonly maxVisitors: number;
  /** The maximum number of rooms with visitors in them. */
  readonly maxRooms: number;
  /** The maximum number of rooms that a visitor is in. The stalest gives way. */
  readonly maxRoomsPerVisitor: number;
  /** How long after the last heartbeat it is remembered when an offline visitor was last here. 0 remembers nobody. */
  readonly lastSeenKeptMs: number;
  /** The maximum number of offline visitors who are remembered. Who went offline first gives way. */
  readonly maxLastSeen: number;
  /** The maximum number of sessions per visitor. The stalest gives way. */
  readonly maxSessions: number;
}
