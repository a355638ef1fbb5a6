// Generated from docs/openapi.yaml by `npm run messages`. `npm run check` fails when the two differ.

/** The name of a visitor, 1 to 256 characters without control characters. */
export type Uid = string;

/** The name of a room, 1 to 256 characters without control characters. */
export type RoomName = string;

/** A time in seconds since 1970, by the clock of the service. */
export type UnixSeconds = number;

/** A number of visitors. */
export type Count = number;

/** Names a point in the changes of one instance. A watcher sends it back as `Last-Event-ID`. */
export type EventId = string;

/** The status of a visitor who is online. */
export type OnlineStatus = 'active' | 'idle';

/**
 * A flat object that a page attaches to its visitor, such as a display name and the address of a picture. At most 1024
 * bytes of JSON.
 */
export type Info = Readonly<Record<string, string | number | boolean | null>>;

/** A name in a request, 1 to 256 characters without control characters. A number stands for its decimal text. */
export type GivenName = string | number;

/** A number of seconds in a request, or its decimal text. */
export type GivenSeconds = number | string;

/** The body of `POST /v1/hit`. */
export interface HitRequest {
  /** Who. */
  readonly uid: GivenName;
  /**
   * When the person last touched the page, in Unix seconds by the visitor's clock. Now when it is left out; a future
   * time counts as now. The latest one counts while the visitor stays online.
   */
  readonly last_activity?: GivenSeconds | null | undefined;
  /**
   * How many seconds ago the person last touched the page. Needs no clock of the visitor's, and is used instead of
   * `last_activity` when both are there.
   */
  readonly idle_for?: GivenSeconds | null | undefined;
  /** Where on the site. The visitor is online there and on the whole site. */
  readonly room?: GivenName | null | undefined;
  /**
   * Which open page (browser tab), so that one page can leave while another stays. The service keeps 32 per visitor and
   * drops the one that was silent longest.
   */
  readonly session?: GivenName | null | undefined;
  /** Kept until it is changed or the visitor is offline; `{}` clears it. */
  readonly info?: Info | null | undefined;
  /**
   * Whether to hide the visitor, who then counts nowhere and is shown to nobody. Kept until a heartbeat changes it or
   * the visitor is offline.
   */
  readonly invisible?: boolean | null | undefined;
  /** What the page wants to show of presence. `{}` asks for the interval only. */
  readonly view?: ViewRequest | null | undefined;
  /** The visitor's token, where one is needed and the `Authorization` header does not carry it. */
  readonly token?: string | null | undefined;
}

/** The body of `POST /v1/leave`. */
export interface LeaveRequest {
  /** Who. */
  readonly uid: GivenName;
  /** The page that is closed. Every page of the visitor when it is left out. */
  readonly session?: GivenName | null | undefined;
  /** The room to leave. The whole site, with all rooms, when it is left out. */
  readonly room?: GivenName | null | undefined;
  /** The visitor's token, where one is needed and the `Authorization` header does not carry it. */
  readonly token?: string | null | undefined;
}

/** The body of `POST /v1/sign-in`. */
export interface SignInRequest {
  /** `WATCH_SECRET` itself, or a token signed with it. */
  readonly token: string;
}

/** The body of `POST /v1/tokens`. */
export interface TokenRequest {
  /** How long the token is valid, in seconds, from an hour to 366 days. */
  readonly expires_in: number;
  /** The rooms that the token opens. Left out, or null, it opens the whole site. */
  readonly rooms?: readonly RoomName[] | null | undefined;
  /**
   * How much the token opens. `totals`: how many are online, and the last hour. `status` and `members`: these parts of
   * a view too. Left out, or null, it opens everything, with names.
   */
  readonly view?: 'totals' | 'status' | 'members' | null | undefined;
}

/** A token for watchers. */
export interface TokenAnswer {
  /** A JSON Web Token signed with `WATCH_SECRET`. */
  readonly token: string;
  /** When the token expires, in whole Unix seconds. */
  readonly expires_at: number;
  /** The dashboard with this token, opened with the first of its rooms: to send as a link, or to put into a frame. */
  readonly url: string;
}

/** The request was carried out. */
export interface OkAnswer {
  readonly ok: true;
}

/** The heartbeat counts. `interval` and `view` answer a heartbeat with `view`. */
export interface HitAnswer {
  readonly ok: true;
  /** How often the service asks pages to send heartbeats, in seconds. */
  readonly interval?: number | undefined;
  /** What the heartbeat asked for. */
  readonly view?: View | undefined;
}

/**
 * What a page shows of presence. `totals` and `members` are about `room`; without it about the heartbeat's room;
 * without that about the whole site.
 */
export interface ViewRequest {
  /** The room to show, if it is not the heartbeat's. */
  readonly room?: GivenName | null | undefined;
  /** Whether to count. */
  readonly totals?: boolean | null | undefined;
  /** The visitors whose status to show, each once or several times. */
  readonly uids?: readonly GivenName[] | null | undefined;
  /** How many of those who are online to list at most. Active ones come first. */
  readonly members?: number | null | undefined;
}

/**
 * What a page shows of presence: what was asked for, as far as the client may see it. It has no times that change by
 * themselves, so that equal views are equal bytes.
 */
export interface View {
  readonly totals?: Totals | undefined;
  /** One for each of `uids`, in their order. */
  readonly visitors?: readonly VisitorStatus[] | undefined;
  /** Who is online in the room, or on the site. Active visitors first, each group sorted by uid. */
  readonly members?: readonly OnlineVisitor[] | undefined;
  /**
   * What was asked for and is left out, because `PUBLIC_VIEW` and the token do not allow it. Absent when nothing is.
   */
  readonly forbidden?: readonly ('totals' | 'visitors' | 'members')[] | undefined;
}

/** Whether one visitor is online. */
export interface VisitorStatus {
  readonly uid: Uid;
  readonly status: 'active' | 'idle' | 'offline';
  /** Of an offline visitor who is remembered, when the last heartbeat arrived. */
  readonly last_seen?: UnixSeconds | undefined;
}

/** The body of every error. */
export interface ErrorAnswer {
  readonly ok: false;
  readonly error: ErrorCode;
  /** What to do, in one sentence for people. It may change; programs act on `error`. */
  readonly message: string;
}

/** Why a request was refused. */
export type ErrorCode =
  | 'body_empty'
  | 'body_not_utf8'
  | 'invalid_json'
  | 'not_an_object'
  | 'uid_missing'
  | 'uid_wrong_type'
  | 'uid_empty'
  | 'uid_too_long'
  | 'uid_bad_character'
  | 'last_activity_not_number'
  | 'last_activity_negative'
  | 'last_activity_in_milliseconds'
  | 'idle_for_invalid'
  | 'room_invalid'
  | 'session_invalid'
  | 'info_invalid'
  | 'info_number_inexact'
  | 'info_too_large'
  | 'invisible_invalid'
  | 'view_invalid'
  | 'view_totals_invalid'
  | 'view_members_invalid'
  | 'view_uids_invalid'
  | 'stream_missing'
  | 'expires_in_invalid'
  | 'rooms_invalid'
  | 'token_view_invalid'
  | 'uids_missing'
  | 'too_many_uids'
  | 'bad_escape'
  | 'token_missing'
  | 'token_invalid'
  | 'token_expired'
  | 'secret_in_address'
  | 'secret_required'
  | 'token_wrong_uid'
  | 'token_wrong_room'
  | 'token_wrong_view'
  | 'origin_not_allowed'
  | 'not_found'
  | 'method_not_allowed'
  | 'request_timeout'
  | 'body_too_large'
  | 'unsupported_encoding'
  | 'too_many_visitors'
  | 'too_many_rooms'
  | 'too_many_hits'
  | 'header_too_large'
  | 'bad_request'
  | 'internal';

/** How many visitors are online in one place. `online_total` is the sum of the other two. */
export interface Totals {
  readonly online_total: Count;
  readonly active_total: Count;
  readonly idle_total: Count;
}

/** An event of `/sse/totals`, and the answer of `/v1/totals`. */
export interface TotalsEvent extends Totals {
  /** When the service made the event, in whole Unix seconds. */
  readonly ts: number;
}

/** An event of `/sse/online`, and the answer of `/v1/online`. */
export interface OnlineEvent extends TotalsEvent {
  /** Who is active, sorted by UTF-16 code unit. */
  readonly active_uids: readonly Uid[];
  /** Who is idle, sorted by UTF-16 code unit. */
  readonly idle_uids: readonly Uid[];
}

/** A visitor who is online. */
export interface OnlineVisitor {
  readonly uid: Uid;
  readonly status: OnlineStatus;
  /** Left out when the visitor has none. */
  readonly info?: Info | undefined;
}

/** A visitor with new info. */
export interface UpdatedInfo {
  readonly uid: Uid;
  /** The new info; `{}` when it was cleared. */
  readonly info: Info;
}

/** The body of a request to the receiver of webhooks, at most 64 KiB. */
export type WebhookMessage = WebhookEvent | WebhookBatch | WebhookSnapshot;

/** A time in the form of ISO 8601, in UTC. */
export type WebhookTimestamp = string;

/**
 * What happened to a visitor on the whole site, or, with `WEBHOOK_ROOMS`, in one room. `room.occupied` is followed by
 * the `room.joined` of the first visitor, and `room.vacated` follows the `room.left` of the last.
 */
export type WebhookEventType =
  | 'visitor.joined'
  | 'visitor.left'
  | 'visitor.active'
  | 'visitor.idle'
  | 'visitor.updated'
  | 'room.occupied'
  | 'room.joined'
  | 'room.left'
  | 'room.active'
  | 'room.idle'
  | 'room.vacated';

/** One event. It is a message of its own with `WEBHOOK_BATCH_SECONDS=0`, else a part of a `WebhookBatch`. */
export interface WebhookEvent {
  readonly type: WebhookEventType;
  readonly timestamp: WebhookTimestamp;
  readonly data: WebhookEventData;
}

/** What is new. Each type of event has its own members. */
export interface WebhookEventData {
  /** In events of rooms. */
  readonly room?: RoomName | undefined;
  /** In all events but `room.occupied` and `room.vacated`. */
  readonly uid?: Uid | undefined;
  /** The new status, in all events of visitors but `visitor.updated` and `room.left`. */
  readonly status?: 'active' | 'idle' | 'offline' | undefined;
  /** In `visitor.joined` and `room.joined` if there is any; in `visitor.updated`, `{}` when it was cleared. */
  readonly info?: Info | undefined;
  /** In `visitor.left`, from the first to the last heartbeat of the visit. */
  readonly online_seconds?: number | undefined;
}

/** What happened within `WEBHOOK_BATCH_SECONDS`, in order. */
export interface WebhookBatch {
  readonly type: 'presence.batch';
  readonly timestamp: WebhookTimestamp;
  readonly data: WebhookBatchData;
}

/** The content of a `WebhookBatch`. */
export interface WebhookBatchData {
  /** Oldest first. */
  readonly events: readonly WebhookEvent[];
}

/**
 * Everybody who is online, at each start, every 5 minutes, and in place of events that could not be delivered. What the
 * receiver knew before is void.
 */
export interface WebhookSnapshot {
  readonly type: 'presence.snapshot';
  readonly timestamp: WebhookTimestamp;
  readonly data: WebhookSnapshotData;
}

/** A part of a snapshot. Parts arrive in order, with no other message in between. */
export interface WebhookSnapshotData {
  /** The number of this part, from 1. */
  readonly part: number;
  /** How many parts the snapshot has. */
  readonly parts: number;
  /** Who is online, sorted by uid over all parts. */
  readonly visitors: readonly WebhookVisitor[];
}

/** A visitor who is online. */
export interface WebhookVisitor extends OnlineVisitor {
  /** With `WEBHOOK_ROOMS`, the rooms that the visitor is in. */
  readonly rooms?: readonly WebhookPlace[] | undefined;
}

/** A visitor's status in a room. */
export interface WebhookPlace {
  readonly room: RoomName;
  readonly status: OnlineStatus;
}

/** Names a stream that its client has left. */
export interface UnwatchRequest {
  /** The id that the first event of the stream carries. */
  readonly stream: string;
}

/** The first event of a stream of changes. */
export interface StreamEvent {
  /** What `POST /v1/unwatch` takes to end the stream. Nobody else knows it. */
  readonly stream: string;
}

/** A `snapshot` event of `/sse/changes`, with everybody who is online. */
export interface SnapshotEvent extends TotalsEvent {
  /** Who is online, sorted by uid. */
  readonly visitors: readonly OnlineVisitor[];
}

/**
 * A `change` event of `/sse/changes`, with the diff since the last one. Lists without entries are left out. A visitor
 * is in at most one of `joined`, `left`, `active` and `idle`.
 */
export interface ChangeEvent extends TotalsEvent {
  /** Who is online and was offline. */
  readonly joined?: readonly OnlineVisitor[] | undefined;
  /** Who is offline and was online. */
  readonly left?: readonly Uid[] | undefined;
  /** Who is active and was idle. */
  readonly active?: readonly Uid[] | undefined;
  /** Who is idle and was active. */
  readonly idle?: readonly Uid[] | undefined;
  /** Who stayed online and has new info. */
  readonly updated?: readonly UpdatedInfo[] | undefined;
}

/** The answer of `/v1/history`. The lists are equally long, one entry for each sample, oldest first. */
export interface HistoryAnswer {
  /** Seconds between two samples. */
  readonly interval: number;
  /** When the service began to listen, in whole Unix seconds. */
  readonly since: number;
  /**
   * In whole Unix seconds. Before it, visitors may be missing, as the service has not yet received a heartbeat of each.
   */
  readonly complete_from: number;
  /** When each sample was taken, in whole Unix seconds. */
  readonly ts: readonly number[];
  readonly online_total: readonly Count[];
  readonly active_total: readonly Count[];
  readonly idle_total: readonly Count[];
}

/** A room that somebody is in, and how many. */
export interface RoomTotals extends Totals {
  readonly room: RoomName;
}

/** How much of a limit is used. */
export interface Use {
  readonly max: Count;
}

/** The visitors who are online, and `MAX_VISITORS`. */
export interface VisitorsUse extends Use {
  readonly online: Count;
}

/** The open streams of this instance, and `MAX_STREAMS`. */
export interface StreamsUse extends Use {
  readonly open: Count;
}

/** How an instance of the service is doing. */
export interface ServiceState {
  /** The version of the service. */
  readonly version: string;
  /** What everybody may see: the value of `PUBLIC_VIEW`, or `everything` without `WATCH_SECRET`. */
  readonly public_view: 'none' | 'totals' | 'status' | 'members' | 'everything';
  readonly visitors: VisitorsUse;
  readonly streams: StreamsUse;
  /**
   * This instance, and those that have published through Redis within the last minute or so. One that gets no
   * heartbeats publishes nothing.
   */
  readonly instances: number;
  /** Whether instances share presence; `off` without `REDIS_URL`. */
  readonly redis: 'off' | 'shared' | 'failing';
  /**
   * Whether the receiver accepts webhooks; `standby` while another instance sends them, `off` without `WEBHOOK_URL`.
   */
  readonly webhooks: 'off' | 'working' | 'failing' | 'standby';
  /**
   * Whether a new process takes over the visitors of the one that it replaces; `off` without `PEER_URL`, and with
   * `REDIS_URL`, where it reads them from Redis.
   */
  readonly handover: 'off' | 'on';
  /** Whether another process has taken over the visitors of this one, as a new revision does. */
  readonly replaced: boolean;
}

/** How often something arrived from the pages of an origin. */
export interface Arrival {
  /**
   * The origin of the pages, by the header `Origin` or `Referer`, which programs can forge; `"null"` for a page without
   * an origin of its own, such as a file; null when no page is named.
   */
  readonly origin: null | string;
  readonly count: Count;
  /** When it arrived last, in whole Unix seconds. */
  readonly last: number;
}

/** Heartbeats from the pages of an origin that were refused for the same reason. */
export interface RefusedArrival extends Arrival {
  readonly error: ErrorCode;
  /** One sentence that says what to do. */
  readonly message: string;
  /**
   * The beginning of the last body that could not be read as a JSON object: at most 80 characters, without what could
   * be a token.
   */
  readonly text?: string | undefined;
}

/**
 * The answer of `/v1/setup`: what has arrived at this instance since its start. The lists have at most 50, 50 and 100
 * entries, the latest first; what arrived longest ago is dropped.
 */
export interface SetUpAnswer {
  /** When the service made the answer, in whole Unix seconds. */
  readonly ts: number;
  /** When counting began, in whole Unix seconds. */
  readonly since: number;
  /** The value of the setting `CORS_ALLOW_ORIGIN`. */
  readonly allow_origin: string;
  /** Whose pages fetched the visitor script. Browsers keep it for ten minutes. */
  readonly scripts: readonly Arrival[];
  /** Whose heartbeats were accepted. */
  readonly heartbeats: readonly Arrival[];
  /** Whose heartbeats were refused, and why. */
  readonly refusals: readonly RefusedArrival[];
}

/** The answer of `/v1/rooms`. */
export interface RoomsAnswer {
  /** When the service made the answer, in whole Unix seconds. */
  readonly ts: number;
  readonly rooms: readonly RoomTotals[];
}

/**
 * One visitor, explained. The answer of `/v1/visitors/{uid}`. The times and `info` are null for an offline visitor, but
 * for `last_seen` and `last_activity` of one who is remembered.
 */
export interface VisitorAnswer {
  readonly uid: Uid;
  readonly status: 'active' | 'idle' | 'offline';
  /** When the last heartbeat arrived. */
  readonly last_seen: UnixSeconds | null;
  /** When the person last touched a page. */
  readonly last_activity: UnixSeconds | null;
  /** When the visit began, with its first heartbeat. */
  readonly online_since: UnixSeconds | null;
  /** How long the visit has lasted, from its first to its last heartbeat. */
  readonly online_seconds: number | null;
  /** The first moment at which the visitor counts as idle, unless a heartbeat changes it. */
  readonly idle_at: UnixSeconds | null;
  /** The first moment at which the visitor counts as offline, unless a heartbeat changes it. */
  readonly offline_at: UnixSeconds | null;
  /** How many pages are open. */
  readonly sessions: number;
  /** The rooms that the visitor is in, sorted. */
  readonly rooms: readonly RoomName[];
  /** Null when the visitor has none. */
  readonly info: Info | null;
}

/** The answer of `/v1/visitors`. */
export interface VisitorsAnswer {
  /** When the service made the answer, in whole Unix seconds. */
  readonly ts: number;
  /** In the order of the request. */
  readonly visitors: readonly VisitorAnswer[];
}
