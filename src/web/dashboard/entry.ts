import type { Info, OnlineStatus, VisitorAnswer } from '../../protocol/messages.js';

/** A visitor in the list. */
export interface Entry {
  readonly uid: string;
  readonly status: OnlineStatus;
  readonly info: Info | undefined;
  /** Times and rooms, which streams do not carry. Undefined until they are looked up. */
  readonly details: VisitorAnswer | undefined;
}

/** Returns the name in the visitor's info, or the uid when there is none. */
export function displayName({ uid, info }: { readonly uid: string; readonly info?: Info | null | undefined }): string {
  const name = info?.name;
  return typeof name === 'string' && name.trim() !== '' ? name : uid;
}
