const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID (https://github.com/ulid/spec): 48 bits of time, 80 bits of chance, in Crockford's base 32. */
export const ulid = (nowMs: number): string => {
  let text = '';
  for (let rest = nowMs; text.length < 10; rest = Math.floor(rest / 32))
    text = alphabet.charAt(rest % 32) + text;
  // 256 is a multiple of 32, so the low five bits of a random byte are evenly spread.
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) text += alphabet.charAt(byte % 32);
  return text;
};
