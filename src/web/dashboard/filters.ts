import type { OnlineStatus } from '../../protocol/messages.js';
import type { PageState } from './address.js';
import { byId } from './dom.js';
import { loadRooms } from './rooms.js';
import type { Filter } from './sorted-entries.js';

/** Called by `Filters`. */
export interface FilterHandlers {
  /** Another text or status was chosen. */
  readonly onFilter: () => void;
  /** Another room was chosen. */
  readonly onRoom: () => void;
}

/** The fields above the list. */
export class Filters implements Filter {
  readonly #handlers: FilterHandlers;
  readonly #find = byId<HTMLInputElement>('find');
  readonly #status = byId<HTMLSelectElement>('status');
  readonly #roomField = byId<HTMLInputElement>('room');
  readonly #suggestions = byId<HTMLDataListElement>('rooms');
  /** The room without filters. A token in the address may be limited to the room beside it. */
  readonly #homeRoom: string;
  /** The room that is shown, whatever is being typed. */
  #room: string;

  constructor({ find, status, room }: PageState, handlers: FilterHandlers) {
    this.#handlers = handlers;
    this.#find.value = find;
    this.#status.value = status;
    this.#roomField.value = this.#room = room;
    this.#homeRoom = new URLSearchParams(location.search).has('token') ? room : '';
    this.#find.addEventListener('input', handlers.onFilter);
    this.#status.addEventListener('change', handlers.onFilter);
    this.#roomField.addEventListener('input', () => {
      // A suggestion was picked, or its name was typed in full.
      const { value } = this.#roomField;
      if (value === '' || [...this.#suggestions.options].some((option) => option.value === value)) this.showRoom(value);
    });
    this.#roomField.addEventListener('change', () => this.showRoom(this.#roomField.value));
    document.addEventListener('keydown', (event) => this.#focusOnSlash(event));
    for (const id of ['clear', 'none-clear']) byId(id).addEventListener('click', () => this.#clear());
    this.#showClear();
  }

  get text(): string {
    return this.#find.value;
  }

  get status(): '' | OnlineStatus {
    return this.#status.value as '' | OnlineStatus;
  }

  /** The room that is shown; an empty text for the whole site. */
  get room(): string {
    return this.#room;
  }

  /** Whether the list shows some of the visitors in the room only. */
  get isFiltered(): boolean {
    return this.text.trim() !== '' || this.status !== '';
  }

  /** Shows a room; an empty text shows the whole site. */
  showRoom(room: string): void {
    this.#roomField.value = room;
    if (room === this.#room) return;
    this.#room = room;
    this.#showClear();
    this.#handlers.onRoom();
  }

  /** Shows the buttons that clear the filters, if any is set. */
  refresh(): void {
    this.#showClear();
  }

  async loadRooms(): Promise<void> {
    await loadRooms(this.#roomField, this.#suggestions);
  }

  #clear(): void {
    this.#find.value = this.#status.value = '';
    this.showRoom(this.#homeRoom);
    this.#handlers.onFilter();
    // The button that was clicked is gone.
    this.#find.focus();
  }

  #showClear(): void {
    const isSet = this.isFiltered || this.#room !== this.#homeRoom;
    for (const id of ['clear', 'none-clear']) byId(id).hidden = !isSet;
  }

  /** "/" is the key for searching on many sites. */
  #focusOnSlash(event: KeyboardEvent): void {
    const { key, target, altKey, ctrlKey, metaKey } = event;
    if (key !== '/' || altKey || ctrlKey || metaKey || document.querySelector('dialog[open]')) return;
    if (target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]')) return;
    if (!this.#find.checkVisibility()) return;
    event.preventDefault();
    this.#find.focus();
    this.#find.select();
  }
}
