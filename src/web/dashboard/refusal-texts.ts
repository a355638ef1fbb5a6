import type { ErrorCode, RefusedArrival } from '../../protocol/messages.js';

/** What to show about heartbeats that are refused. */
export interface RefusalTexts {
  /** What is wrong. */
  readonly title: string;
  /** What to do. */
  readonly advice: string;
  /** What to copy: a setting of the service, or an attribute of the tag. */
  readonly fix?: string;
}

type Refusal = Pick<RefusedArrival, 'origin' | 'error' | 'message'>;

const EMPTY_UID =
  'The tag sends nothing without a data-uid, so a script or a program of yours sends these. Let it send only while somebody is logged in.';
const BROKEN_JSON = 'The tag does not send these, so a script or a program of yours does.';
const WRONG_TOKEN =
  'Have your backend make the token for the visitor of the page, with the HIT_SECRET of this service.';

/** In other words than those of the answer, which is written for the author of the request. */
const TEXTS: { readonly [Code in ErrorCode]?: readonly [title: string, advice: string] } = {
  body_empty: ['The heartbeat is empty', BROKEN_JSON],
  body_not_utf8: ['The heartbeat is not UTF-8', BROKEN_JSON],
  invalid_json: ['The JSON is broken', BROKEN_JSON],
  not_an_object: ['The JSON is not an object', BROKEN_JSON],
  uid_missing: ['The uid is missing', EMPTY_UID],
  uid_empty: ['The uid is empty', EMPTY_UID],
  token_missing: [
    'The token is missing',
    'This service has a HIT_SECRET. Have your backend make a token for each visitor, and put it into the tag:',
  ],
  token_invalid: ['The token is not valid', WRONG_TOKEN],
  token_expired: ['The token has expired', 'Have your backend make a new one for each page, or use data-token-url.'],
  token_wrong_uid: ['The token is for another visitor', WRONG_TOKEN],
  token_wrong_room: [
    'The token is for other rooms',
    'Add the room to the rooms of the token, or take it out of the tag.',
  ],
  info_invalid: ['The info cannot be used', ''],
  info_too_large: ['The info is too large', ''],
  room_invalid: ['The room cannot be used', ''],
  too_many_hits: ['A visitor or an address sends too many', ''],
  too_many_visitors: ['The service is full', ''],
  too_many_rooms: ['The service has no place for another room', ''],
};

/**
 * Explains why heartbeats are refused, and what to do.
 *
 * @param allowOrigin the present value of `CORS_ALLOW_ORIGIN`
 */
export function explainRefusal(refusal: Refusal, allowOrigin: string): RefusalTexts {
  const { error, message } = refusal;
  if (error === 'origin_not_allowed') return explainOrigin(refusal.origin ?? 'null', allowOrigin);
  const [title, advice] = TEXTS[error] ?? [`Refused as ${error}`, ''];
  return {
    title,
    advice: advice === BROKEN_JSON || advice === '' ? `${advice} ${message}`.trim() : advice,
    ...(error === 'token_missing' && { fix: 'data-token="THE-USER\'S-TOKEN"' }),
  };
}

function explainOrigin(origin: string, allowOrigin: string): RefusalTexts {
  if (origin === 'null')
    return {
      title: 'The page has no origin',
      advice: 'It is a file, or in a sandboxed frame. Open it by its address on a web server.',
    };
  const title = 'Its origin is not in CORS_ALLOW_ORIGIN';
  // The setting takes what browsers call an origin, and that exists for web addresses only.
  if (!/^https?:/.test(origin) || new URL(origin).origin !== origin)
    return {
      title,
      advice: 'The setting cannot name this origin. If it is an app of yours, let any origin in:',
      fix: 'CORS_ALLOW_ORIGIN=*',
    };
  const fix = `CORS_ALLOW_ORIGIN=${[allowOrigin, origin].filter(Boolean).join(',')}`;
  return { title, advice: 'If the page is yours, give the service this setting, and deploy it again:', fix };
}
