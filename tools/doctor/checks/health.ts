import { type Finding, failed } from '../findings.js';
import type { Target } from '../target.js';

/** Whether the paths of health reach the service. Google's front end keeps `/healthz` of run.app addresses to itself. */
export async function checkHealth(target: Target): Promise<Finding> {
  const [readyz, healthz] = await Promise.all([target.ask('/readyz'), target.ask('/healthz')]);
  if (!readyz.ok) return failed(readyz.error);
  if (readyz.value.status !== 200) return { kind: 'not ready', status: readyz.value.status };
  if (healthz.ok && healthz.value.status === 200) return { kind: 'ready' };
  return { kind: 'healthz shadowed', byGoogle: target.url.hostname.endsWith('.run.app') };
}
