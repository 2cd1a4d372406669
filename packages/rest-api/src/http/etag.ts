import { Problem } from '@agent-harbor/core';

/**
 * A strong entity tag of a representation (RFC 9110 8.8.3): the same text, the same tag. 64 bits that are not
 * cryptographic: whoever forges a tag deceives himself alone, and a digest of the platform costs more than the rest of
 * the request, as it is made in another thread.
 */
export const etagOf = (representation: string): string => {
  const { length } = representation;
  let left = 0x9e3779b9;
  let right = 0x243f6a88;
  // Two units at once: beyond the end is NaN, which counts as 0, and the length tells such ends apart.
  for (let index = 0; index < length; index += 2) {
    const units = representation.charCodeAt(index) | (representation.charCodeAt(index + 1) << 16);
    left = Math.imul(left ^ units, 0x85ebca6b);
    right = Math.imul(right ^ units, 0xc2b2ae35);
    left ^= left >>> 15;
    right ^= right >>> 13;
  }
  return `"${hex(left ^ length)}${hex(right)}"`;
};

const hex = (lane: number): string =>
  `${byte(lane >>> 24)}${byte(lane >>> 16)}${byte(lane >>> 8)}${byte(lane)}`;

// To have a number written with another base takes ten times as long.
const bytes = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));
const byte = (value: number): string => bytes[value & 0xff] ?? '';

/** Whether `If-None-Match` names this representation: then the caller has it already. Weak tags count. */
export const isKnown = (ifNoneMatch: string, tag: string): boolean =>
  ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).some((known) => known.replace(/^W\//, '') === tag);

/**
 * What is there now, when `If-Match` names it: then nothing changed since the caller read it. Undefined for a caller who names
 * nothing, `precondition-failed` for one who names something else. Weak tags do not count.
 */
export const readUnchanged = async <Body>(
  ifMatch: string | undefined,
  read: () => Promise<Body>,
): Promise<Body | undefined> => {
  if (ifMatch === undefined) return undefined;
  const body = await read();
  if (ifMatch.trim() === '*' || tagsOf(ifMatch).includes(etagOf(JSON.stringify(body)))) return body;
  throw new Problem('precondition-failed');
};

const tagsOf = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"/g) ?? [];
