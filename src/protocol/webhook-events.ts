/** The types of the events that webhooks carry. */
export const WEBHOOK_EVENT_TYPES = [
  'presence.snapshot',
  'visitor.joined',
  'visitor.left',
  'visitor.active',
  'visitor.idle',
  'visitor.updated',
] as const;

/** The type of an event. */
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** The type of a message that holds several events. */
export const BATCH_TYPE = 'presence.batch';
