import { bearerToken, isSecret } from '../../auth/tokens.js';
import type { TrustSettings } from '../../config/read-config.js';
import type { Metrics } from '../../metrics/prometheus.js';
import { answerError, answerText } from '../context.js';
import { guardLater, type Handler, type RouterDependencies } from '../router.js';

/** `GET /metrics`: Prometheus text, for anybody or for those with the token. */
export function createMetricsHandler(
  metrics: Metrics,
  settings: TrustSettings,
  onFault: RouterDependencies['onFault'],
): Handler {
  return (exchange) => {
    if (settings.metrics === 'token') {
      const token = bearerToken(exchange.request.headers.authorization);
      if (token === undefined || !isSecret(token, settings.metricsTokens)) {
        const code = token === undefined ? 'token_missing' : 'token_invalid';
        return answerError(exchange, code, ['WWW-Authenticate', 'Bearer realm="metrics"']);
      }
    }
    guardLater(exchange, onFault, metrics.render(), (text) => answerText(exchange, metrics.contentType, text));
  };
}
