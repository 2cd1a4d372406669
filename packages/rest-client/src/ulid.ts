const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID (https://github.com/ulid/spec): 48 bits of time, 80 bits of chance, in Crockford's base 32. */
export const ulid = (nowMs: number): string => {
  let time = '';
  for (let rest = nowMs, digit = 0; digit < 10; digit += 1) {
    time = alphabet.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let chance = '';
  // 256 is a multiple of 32, so the low five bits of a random byte are evenly spread.
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) chance += alphabet.charAt(byte % 32);
  return time + chance;
};
