/** The types of the events about the whole site. */
const SITE_TYPES = [
  'presence.snapshot',
  'visitor.joined',
  'visitor.left',
  'visitor.active',
  'visitor.idle',
  'visitor.updated',
] as const;

/** The types of the events about one room. */
const ROOM_TYPES = ['room.occupied', 'room.joined', 'room.left', 'room.active', 'room.idle', 'room.vacated'] as const;

/** The types of the events that webhooks carry. */
export const WEBHOOK_EVENT_TYPES = [...SITE_TYPES, ...ROOM_TYPES] as const;

/** The type of an event. */
export type WebhookEventType = (typeof WEBHOOK_EVENT_TYPES)[number];

/** Whether an event is about one room. */
export const isRoomType = (type: WebhookEventType): boolean => ROOM_TYPES.some((each) => each === type);

/** The type of a message that holds several events. */
export const BATCH_TYPE = 'presence.batch';
