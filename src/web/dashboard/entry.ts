/** A flat object that a visitor tells of itself. */
export type Info = Readonly<Record<string, string | number | boolean | null>>;

/** A visitor as the list shows one. */
export interface Entry {
  readonly uid: string;
  status: 'active' | 'idle';
  readonly info: Info | undefined;
}

/** The name that a visitor's info has, or its uid. */
export function displayName({ uid, info }: { readonly uid: string; readonly info?: Info | undefined }): string {
  const name = info?.name;
  return typeof name === 'string' && name.trim() !== '' ? name : uid;
}
