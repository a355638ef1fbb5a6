import type { ErrorAnswer, ErrorCode } from './messages.js';

export type { ErrorCode } from './messages.js';

/** Every reason to reject a request: the HTTP status, and one sentence that says what to do. */
const ERRORS = {
  body_empty: [400, 'Send a JSON object in the request body, such as {"uid":"42"}.'],
  body_not_utf8: [400, 'Send the request body as UTF-8 text.'],
  invalid_json: [400, 'Send valid JSON: double quotes around names and texts, no trailing comma, no NaN.'],
  not_an_object: [400, 'Send one JSON object, such as {"uid":"42"}, not a list, a text or a number.'],
  uid_missing: [400, 'Add "uid": the text or number that names the visitor.'],
  uid_wrong_type: [400, 'Send "uid" as a text, or as a number that JSON carries exactly (up to 9007199254740991).'],
  uid_empty: [400, 'Send a "uid" that is not empty; check that the visitor is logged in before the heartbeat is sent.'],
  uid_too_long: [400, 'Send a "uid" of at most 256 characters.'],
  uid_bad_character: [
    400,
    'Send a "uid" without control characters (line breaks, tabs, null) and without broken Unicode.',
  ],
  last_activity_not_number: [
    400,
    'Send "last_activity" in Unix seconds, as a number or as its decimal text, or leave it out.',
  ],
  last_activity_negative: [400, 'Send "last_activity" in Unix seconds since 1970, which is never negative.'],
  last_activity_in_milliseconds: [400, 'Send "last_activity" in seconds: divide your milliseconds by 1000.'],
  idle_for_invalid: [400, 'Send "idle_for" as the seconds since the last interaction, 0 or more, or leave it out.'],
  room_invalid: [400, 'Send the room as a text of 1 to 256 characters without control characters, or leave it out.'],
  session_invalid: [
    400,
    'Send "session" as a text of 1 to 256 characters without control characters, or leave it out.',
  ],
  info_invalid: [400, 'Send "info" as a flat object of texts, numbers, true, false and null, or leave it out.'],
  info_number_inexact: [
    400,
    'Send numbers in "info" that JSON cannot carry exactly, such as ids of more than 15 digits, as texts in quotes.',
  ],
  info_too_large: [
    400,
    'Send an "info" of at most 1024 bytes of JSON: a name and an address of a picture, not the picture.',
  ],
  invisible_invalid: [400, 'Send "invisible" as true or false, without quotes, or leave it out.'],
  view_invalid: [400, 'Send "view" as an object, such as {"totals":true}, or leave it out.'],
  view_totals_invalid: [400, 'Send "totals" of a view as true or false, or leave it out.'],
  view_members_invalid: [400, 'Send "members" of a view as a whole number from 1 to 50, or leave it out.'],
  view_uids_invalid: [
    400,
    'Send "uids" of a view as a list of texts of 1 to 256 characters without control characters, or leave it out.',
  ],
  stream_missing: [400, 'Add "stream": the id that the first event of a stream carries.'],
  expires_in_invalid: [400, 'Send "expires_in" as whole seconds, from 3600 (an hour) to 31622400 (366 days).'],
  rooms_invalid: [
    400,
    'Send "rooms" as a list of 1 to 50 names of rooms that fit into a token of 2048 characters, or leave it out for the whole site.',
  ],
  token_view_invalid: [400, 'Send "view" as totals, status or members, or leave it out for everything.'],
  uids_missing: [400, 'Name the visitors to look up, such as ?uids=a,b,c.'],
  too_many_uids: [400, 'Look up at most 100 visitors at a time.'],
  bad_escape: [400, 'Percent-encode names in the address, as encodeURIComponent does.'],
  token_missing: [
    401,
    'Send a token in an Authorization header, after "Bearer"; a heartbeat or sign-in may have it as "token" in its body, a watcher as ?token= in its address.',
  ],
  token_invalid: [
    401,
    'Send a JSON Web Token that is signed with HS256 and a secret of the service, and valid by now; a watcher may send the secret itself, and /metrics takes the METRICS_TOKEN.',
  ],
  token_expired: [401, 'Get a new token; this one has run out.'],
  secret_in_address: [
    401,
    'Do not put the secret into an address, where logs and histories keep it; put a token there that POST /v1/tokens, or Share on the dashboard, makes.',
  ],
  secret_required: [
    403,
    'Send the WATCH_SECRET of the service itself, not a token; a service without one neither forgets visitors on request nor makes tokens.',
  ],
  token_wrong_uid: [403, 'Send the "uid" that the token names in its "sub".'],
  token_wrong_room: [403, 'Ask for a room that the token names in its "room" or "rooms".'],
  token_wrong_view: [
    403,
    'Ask for what the "view" of the token allows, such as /v1/totals, or get a token without "view".',
  ],
  origin_not_allowed: [
    403,
    "Add this page's origin to the CORS_ALLOW_ORIGIN variable of the service, or call from an allowed one.",
  ],
  not_found: [404, 'Check the path: heartbeats go to POST /v1/hit, the live list is at GET /sse/online.'],
  method_not_allowed: [405, 'Use one of the methods that the Allow header lists.'],
  request_timeout: [408, 'Send the whole request, header and body, without pausing.'],
  body_too_large: [
    413,
    'Send a smaller body; a heartbeat fits in a few hundred bytes, and the limit is 8192 unless changed.',
  ],
  unsupported_encoding: [415, 'Send the body as it is, without Content-Encoding.'],
  too_many_visitors: [
    429,
    'The service holds as many visitors as it is set to; try again later, or raise MAX_VISITORS.',
  ],
  too_many_rooms: [429, 'The service holds as many rooms as it is set to; try again later, or raise MAX_ROOMS.'],
  too_many_hits: [429, 'Send heartbeats less often; every 30 s is enough.'],
  header_too_large: [431, 'Send fewer or shorter headers, or a shorter address.'],
  bad_request: [400, 'Send a well-formed HTTP/1.1 request.'],
  internal: [500, 'The service made a mistake, which it has logged; try again.'],
} as const satisfies Record<ErrorCode, readonly [status: number, message: string]>;

/** All codes, for tests and documents. */
export const errorCodes = Object.keys(ERRORS) as readonly ErrorCode[];

/** The HTTP status of an error. */
export const errorStatus = (code: ErrorCode): number => ERRORS[code][0];

/** One sentence that says what to do about an error. */
export const errorMessage = (code: ErrorCode): string => ERRORS[code][1];

/** The JSON body of an error: `{"ok":false,"error":code,"message":sentence}`. */
export const errorBody = (code: ErrorCode): string =>
  JSON.stringify({ ok: false, error: code, message: errorMessage(code) } satisfies ErrorAnswer);
