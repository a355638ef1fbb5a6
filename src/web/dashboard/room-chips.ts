/** Further rooms are counted. They are in the explanation. */
const MAX_CHIPS = 2;

/** Shows rooms as buttons that filter the list. Chips that stay are not replaced, as one may have the focus. */
export function drawChips(parent: Element, rooms: readonly string[], shownRoom: string): void {
  const shown = rooms.slice(0, MAX_CHIPS);
  const more = rooms.length - shown.length;
  const chips = [...parent.querySelectorAll<HTMLButtonElement>('.chip')];
  const areSame = chips.length === shown.length && chips.every((chip, index) => chip.dataset.room === shown[index]);
  if (!areSame) parent.replaceChildren(...shown.map(makeChip));
  for (const chip of parent.querySelectorAll<HTMLButtonElement>('.chip')) {
    chip.ariaPressed = String(chip.dataset.room === shownRoom);
  }
  const rest = parent.querySelector('.more-rooms');
  if (more === 0) rest?.remove();
  else if (rest) rest.textContent = `+${more}`;
  else parent.insertAdjacentHTML('beforeend', `<span class="more-rooms">+${more}</span>`);
}

function makeChip(room: string): HTMLButtonElement {
  const chip = document.createElement('button');
  chip.type = 'button';
  chip.className = 'chip';
  // Reached by the arrow keys.
  chip.tabIndex = -1;
  chip.dir = 'auto';
  chip.dataset.room = room;
  chip.textContent = chip.title = room;
  return chip;
}
