import type { ServiceState } from '../../protocol/messages.js';
import { byId, setText } from './dom.js';
import { formatCount } from './format.js';
import { request, serviceUrl } from './service.js';

const REDIS = { off: '', shared: 'shared through Redis', failing: 'Redis cannot be used, instances do not share' };
const WEBHOOKS = {
  off: '',
  working: 'webhooks work',
  failing: 'webhooks fail, see the log',
  standby: 'webhooks are sent by another instance',
};

/**
 * Shows how the service itself is doing, in one line. A token for rooms does not show it.
 *
 * @returns undefined when the service cannot be reached, or does not say
 */
export async function refreshServiceLine(): Promise<ServiceState | undefined> {
  try {
    const state = await request<ServiceState>(serviceUrl('/v1/service'));
    const { version, visitors, streams, instances, redis, webhooks, replaced } = state;
    const parts = [
      `Version ${version}`,
      `${formatCount(visitors.online)} of at most ${formatCount(visitors.max)} visitors`,
      `${formatCount(streams.open)} of at most ${formatCount(streams.max)} streams`,
      instances > 1 ? `${formatCount(instances)} instances` : '',
      REDIS[redis],
      WEBHOOKS[webhooks],
      replaced ? 'a new revision has taken over' : '',
    ];
    setText(byId('service'), parts.filter(Boolean).join(' · '));
    byId('service').dataset.state = [redis, webhooks].includes('failing') ? 'failing' : 'working';
    return state;
  } catch {
    // The header shows when the service cannot be reached.
    setText(byId('service'), '');
    return undefined;
  }
}
