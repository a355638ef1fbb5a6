import type { RoomsAnswer } from '../../protocol/messages.js';
import { formatCount } from './format.js';
import { request, serviceUrl } from './service.js';

/** Longer lists of suggestions make the browser slow. A room that is not among them can be typed. */
const MAX_SUGGESTIONS = 500;

/** Fills the suggestions of the room filter with the rooms that have visitors, those with most of them first. */
export async function loadRooms(input: HTMLInputElement, suggestions: HTMLDataListElement): Promise<void> {
  // Replacing the suggestions would close the menu in front of the viewer.
  if (document.activeElement === input) return;
  try {
    const { rooms } = await request<RoomsAnswer>(serviceUrl('/v1/rooms'));
    const fullest = [...rooms].sort((a, b) => b.online_total - a.online_total || (a.room < b.room ? -1 : 1));
    const options = fullest.slice(0, MAX_SUGGESTIONS).map(({ room, online_total: online }) => {
      const option = new Option('', room);
      option.label = `${formatCount(online)} online`;
      return option;
    });
    suggestions.replaceChildren(...options);
  } catch {
    // The connection's state in the header shows that the service cannot be reached.
  }
}
