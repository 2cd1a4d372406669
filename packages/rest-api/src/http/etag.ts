/**
 * A strong entity tag of a representation (RFC 9110 8.8.3): the same text, the same tag. 64 bits that are not
 * cryptographic: whoever forges a tag deceives himself alone, and a digest of the platform costs more than the rest of
 * the request, as it is made in another thread.
 */
export const etagOf = (representation: string): string => {
  let left = 0x9e3779b9;
  let right = 0x243f6a88;
  for (let index = 0; index < representation.length; index++) {
    const unit = representation.charCodeAt(index);
    left = Math.imul(left ^ unit, 0x85ebca6b);
    right = Math.imul(right ^ unit, 0xc2b2ae35);
    left ^= left >>> 15;
    right ^= right >>> 13;
  }
  return `"${hex(left ^ representation.length)}${hex(right)}"`;
};

const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, '0');

/** Whether `If-None-Match` names this representation: then the caller has it already. Weak tags count. */
export const isKnown = (ifNoneMatch: string, tag: string): boolean =>
  ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).some((known) => known.replace(/^W\//, '') === tag);

/** Whether `If-Match` names this representation: then nothing changed since the caller read it. Weak tags do not count. */
export const isUnchanged = (ifMatch: string, body: unknown): boolean =>
  ifMatch.trim() === '*' || tagsOf(ifMatch).includes(etagOf(JSON.stringify(body)));

const tagsOf = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"/g) ?? [];
