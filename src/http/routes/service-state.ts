import type { Config } from '../../config/settings.js';
import type { Presence } from '../../presence/presence.js';
import type { ServiceState } from '../../protocol/messages.js';
import type { Clock } from '../../runtime/clock.js';
import type { Hub } from '../../streams/hub.js';
import { answerJson } from '../answer.js';
import type { Handler } from '../context.js';

/** What the handler of the service's own state reads. */
export interface ServiceStateDependencies {
  readonly config: Config;
  readonly version: string;
  readonly presence: Presence;
  readonly hub: Hub;
  readonly clock: Clock;
  /** The connection to Redis; undefined without one. */
  readonly replicator: { readonly problem: string | undefined; readonly otherInstances: number } | undefined;
  readonly handoverSource: { readonly hasSuccessor: boolean };
  /** Undefined without webhooks. */
  readonly webhooks: { readonly isActive: boolean; readonly isUp: boolean } | undefined;
}

/** `GET /v1/service`: how the service itself is doing, for its operator. */
export function createServiceStateHandler(dependencies: ServiceStateDependencies): Handler {
  const { config, version, presence, hub, clock, replicator, webhooks, handoverSource } = dependencies;
  return (context) => {
    const state: ServiceState = {
      version,
      public_view: config.trust.watchSecrets.length === 0 ? 'everything' : config.trust.publicView,
      visitors: { online: presence.totals(clock.nowMs()).online, max: config.presence.maxVisitors },
      streams: { open: hub.count, max: config.streams.maxStreams },
      instances: 1 + (replicator?.otherInstances ?? 0),
      redis: replicator === undefined ? 'off' : replicator.problem === undefined ? 'shared' : 'failing',
      webhooks: webhooks === undefined ? 'off' : !webhooks.isActive ? 'standby' : webhooks.isUp ? 'working' : 'failing',
      handover: config.handover.peerUrl === undefined || replicator !== undefined ? 'off' : 'on',
      replaced: handoverSource.hasSuccessor,
    };
    answerJson(context, 200, JSON.stringify(state));
  };
}
