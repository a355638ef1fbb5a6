// The public types of the elements. The build makes elements.d.mts of this file.

/** What every element takes. */
export interface CommonAttributes {
  /** Follows a stream, so that changes show within seconds. All live elements of a page share one stream. */
  readonly live?: boolean | undefined;
  /** Says changes to screen readers. A text, such as the visitor's name, is said before the status. */
  readonly announce?: boolean | string | undefined;
}

/** What the elements that show a place take. */
export interface PlaceAttributes extends CommonAttributes {
  /** The room to show. Without it: the room of the page's visitor script, else the whole site. */
  readonly room?: string | undefined;
  /** Shows the whole site, also where the visitor script is in a room. */
  readonly site?: boolean | undefined;
}

/** The attributes of `<presence-count>`. `{n}` in a text stands for the number. */
export interface CountAttributes extends PlaceAttributes {
  /** Whom to count. Defaults to `online`. */
  readonly status?: 'online' | 'active' | 'idle' | undefined;
  readonly zero?: string | undefined;
  readonly one?: string | undefined;
  readonly two?: string | undefined;
  readonly few?: string | undefined;
  readonly many?: string | undefined;
  readonly other?: string | undefined;
}

/** The attributes of `<presence-status>`. */
export interface StatusAttributes extends CommonAttributes {
  /** The visitor. While it is missing or empty, the dot is invisible. */
  readonly uid?: string | number | undefined;
  /** Shows words beside the dot. */
  readonly text?: boolean | undefined;
  readonly 'active-text'?: string | undefined;
  readonly 'idle-text'?: string | undefined;
  readonly 'offline-text'?: string | undefined;
  /** With `{ago}` for the time, such as "5 min. ago". */
  readonly 'last-seen-text'?: string | undefined;
}

/** The attributes of `<presence-avatars>`. */
export interface AvatarsAttributes extends PlaceAttributes {
  /** The number of places, 1 to 50; the last one says how many more there are. Defaults to 5. */
  readonly max?: number | string | undefined;
}

/** The attributes of `<presence-list>`. */
export interface ListAttributes extends PlaceAttributes {
  /** The number of rows, 1 to 50; the last one says how many more there are. Defaults to 10. */
  readonly max?: number | string | undefined;
  readonly 'active-text'?: string | undefined;
  readonly 'idle-text'?: string | undefined;
}

/**
 * The attributes of all elements by tag, as JSX wants them.
 *
 * @typeParam Shared what your framework lets every element have, such as `className` and `key`
 */
export interface PresenceElements<Shared = unknown> {
  readonly 'presence-count': CountAttributes & Shared;
  readonly 'presence-status': StatusAttributes & Shared;
  readonly 'presence-avatars': AvatarsAttributes & Shared;
  readonly 'presence-list': ListAttributes & Shared;
}
