import type { Info, OnlineStatus } from '../../protocol/messages.js';

/** A visitor in the list. */
export interface Entry {
  readonly uid: string;
  status: OnlineStatus;
  readonly info: Info | undefined;
}

/** Returns the name in the visitor's info, or the uid when there is none. */
export function displayName({ uid, info }: { readonly uid: string; readonly info?: Info | null | undefined }): string {
  const name = info?.name;
  return typeof name === 'string' && name.trim() !== '' ? name : uid;
}
