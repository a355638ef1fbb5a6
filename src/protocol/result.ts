/** A value, or the reason why there is none. Everything that can fail in an expected way returns one instead of throwing. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** A success. */
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

/** A failure. */
export const fail = <E>(error: E): Result<never, E> => ({ ok: false, error });
