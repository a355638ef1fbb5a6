import { bearerToken, isSecret } from '../../auth/tokens.js';
import type { TrustSettings } from '../../config/settings.js';
import type { Metrics } from '../../metrics/prometheus.js';
import { answerError, answerText } from '../answer.js';
import type { Handler } from '../context.js';

const CHALLENGE = ['WWW-Authenticate', 'Bearer realm="metrics"'] as const;

/** `GET /metrics`: Prometheus text, open to everybody or guarded by a token. */
export function createMetricsHandler(metrics: Metrics, settings: TrustSettings): Handler {
  return async (context) => {
    if (settings.metrics === 'token') {
      const token = bearerToken(context.request.headers.authorization);
      if (token === undefined) return answerError(context, 'token_missing', CHALLENGE);
      if (!isSecret(token, settings.metricsTokens)) return answerError(context, 'token_invalid', CHALLENGE);
    }
    answerText(context, metrics.contentType, await metrics.render());
  };
}
