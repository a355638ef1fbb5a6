import { address, ask } from './service.js';

interface Rooms {
  readonly rooms: readonly { readonly room: string; readonly online_total: number }[];
}

/** Fills the choice of rooms with those that have somebody in them, and the one that is chosen. */
export async function loadRooms(select: HTMLSelectElement): Promise<void> {
  // Not under the hands of somebody who is choosing.
  if (document.activeElement === select) return;
  try {
    const { rooms } = await ask<Rooms>(address('/v1/rooms'));
    const chosen = select.value;
    const names = new Map(rooms.map(({ room, online_total: online }) => [room, `${room} (${online})`]));
    if (chosen !== '' && !names.has(chosen)) names.set(chosen, `${chosen} (0)`);
    const options = [['', 'Whole site'] as const, ...[...names].sort(([a], [b]) => (a < b ? -1 : 1))];
    select.replaceChildren(...options.map(([value, label]) => new Option(label, value, false, value === chosen)));
  } catch {
    // The connection's state tells.
  }
}
