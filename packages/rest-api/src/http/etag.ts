/** A strong entity tag of a representation (RFC 9110 8.8.3): the same bytes, the same tag. */
export const etagOf = async (representation: string): Promise<string> => {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(representation));
  return `"${btoa(String.fromCharCode(...new Uint8Array(hash).subarray(0, 18)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')}"`;
};

/** Whether `If-None-Match` names this representation: then the caller has it already. Weak tags count. */
export const isKnown = (ifNoneMatch: string, tag: string): boolean =>
  ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).some((known) => known.replace(/^W\//, '') === tag);

/** Whether `If-Match` names this representation: then nothing changed since the caller read it. Weak tags do not count. */
export const isUnchanged = async (ifMatch: string, body: unknown): Promise<boolean> => {
  if (ifMatch.trim() === '*') return true;
  const tag = await etagOf(JSON.stringify(body));
  return tagsOf(ifMatch).includes(tag);
};

const tagsOf = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"/g) ?? [];
