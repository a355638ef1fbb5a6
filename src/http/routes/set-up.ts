import type { HttpSettings } from '../../config/settings.js';
import type { Arrivals } from '../../metrics/arrivals.js';
import type { SetUpAnswer } from '../../protocol/messages.js';
import type { Clock } from '../../runtime/clock.js';
import { answerJson } from '../answer.js';
import type { Handler } from '../context.js';

/** `GET /v1/setup`: what pages have sent to this instance, for whoever sets up a site. */
export function createSetUpHandler(
  arrivals: Arrivals,
  { allowOrigins }: Pick<HttpSettings, 'allowOrigins'>,
  clock: Clock,
): Handler {
  const allowOrigin = allowOrigins === '*' ? '*' : allowOrigins.join(',');
  return (context) => {
    const { since, scripts, heartbeats, refusals } = arrivals;
    const ts = Math.floor(clock.wallMs() / 1000);
    const answer: SetUpAnswer = { ts, since, allow_origin: allowOrigin, scripts, heartbeats, refusals };
    answerJson(context, 200, JSON.stringify(answer));
  };
}
