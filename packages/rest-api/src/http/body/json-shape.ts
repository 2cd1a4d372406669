import { Problem } from '@agent-harbor/core';

/** Deeper than any document of the contract; far from where recursion over it would end the process. */
const maxDepth = 64;
/** Members and items of one document. */
const maxValues = 100_000;

const quote = 0x22;
const backslash = 0x5c;

/**
 * Watches JSON go by, chunk by chunk, and refuses what would be costly to parse before it is parsed: a document that
 * nests too deep or holds too many values. It judges nothing else; a broken document is the parser's to refuse.
 */
export const createShapeGuard = (): ((chunk: Uint8Array) => void) => {
  let inString = false;
  let isEscaped = false;
  let depth = 0;
  let values = 0;
  return (chunk) => {
    for (const byte of chunk) {
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) inString = false;
      } else if (byte === quote) {
        inString = true;
      } else if (byte === 0x7b || byte === 0x5b) {
        depth++;
        values++;
      } else if (byte === 0x7d || byte === 0x5d) {
        depth--;
      } else if (byte === 0x2c) {
        values++;
      }
      if (depth > maxDepth) {
        throw new Problem('malformed-body', { detail: `The body nests deeper than ${maxDepth} levels.` });
      }
      if (values > maxValues) {
        throw new Problem('malformed-body', { detail: `The body holds more than ${maxValues} values.` });
      }
    }
  };
};
