const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes a text for HTML and XML, between tags and in attributes with double quotes. */
export const escapeMarkup = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
