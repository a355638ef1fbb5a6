import { bearerToken, isSecret } from '../../auth/tokens.js';
import type { TrustSettings } from '../../config/settings.js';
import type { Metrics } from '../../metrics/prometheus.js';
import { answerError, answerText } from '../context.js';
import { guardLater, type Handler, type RouterDependencies } from '../router.js';

/** `GET /metrics`: Prometheus text, for anybody or for those with the token. */
export function createMetricsHandler(
  metrics: Metrics,
  settings: TrustSettings,
  onFault: RouterDependencies['onFault'],
): Handler {
  return (context) => {
    if (settings.metrics === 'token') {
      const token = bearerToken(context.request.headers.authorization);
      if (token === undefined || !isSecret(token, settings.metricsTokens)) {
        const code = token === undefined ? 'token_missing' : 'token_invalid';
        return answerError(context, code, ['WWW-Authenticate', 'Bearer realm="metrics"']);
      }
    }
    guardLater(context, onFault, metrics.render(), (text) => answerText(context, metrics.contentType, text));
  };
}
