import type { RoomsAnswer } from '../../protocol/messages.js';
import { isolate } from './isolate.js';
import { request, serviceUrl } from './service.js';

/** Fills the room filter with the rooms that have visitors, and the selected room. */
export async function loadRooms(select: HTMLSelectElement): Promise<void> {
  // Replacing the options would close the menu in front of the viewer.
  if (document.activeElement === select) return;
  try {
    const { rooms } = await request<RoomsAnswer>(serviceUrl('/v1/rooms'));
    const selected = select.value;
    const labels = new Map(rooms.map(({ room, online_total: online }) => [room, labelOf(room, online)]));
    if (selected !== '' && !labels.has(selected)) labels.set(selected, labelOf(selected, 0));
    const options = [['', 'Whole site'] as const, ...[...labels].sort(([a], [b]) => (a < b ? -1 : 1))];
    select.replaceChildren(...options.map(([value, label]) => new Option(label, value, false, value === selected)));
  } catch {
    // The connection's state in the header shows that the service cannot be reached.
  }
}

const labelOf = (room: string, online: number): string => `${isolate(room)} (${online})`;
