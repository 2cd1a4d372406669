/**
 * A file that is no text, before and after, as git writes it in a patch. Nothing is compressed: files of scenarios are
 * small, and a host without Node has nothing that compresses at once.
 */
export const binaryPatch = (before: Uint8Array, after: Uint8Array): string =>
  `GIT binary patch\n${literal(after)}\n${literal(before)}\n`;

const literal = (bytes: Uint8Array): string => {
  const packed = stored(bytes);
  const lines: string[] = [];
  for (let at = 0; at < packed.length; at += lineBytes) {
    const part = packed.subarray(at, at + lineBytes);
    lines.push(lengthMark(part.length) + base85(part));
  }
  return `literal ${bytes.length}\n${lines.join('\n')}\n`;
};

/** How many bytes stand in a line, and how that number is written: A–Z, then a–z. */
const lineBytes = 52;
const lengthMark = (length: number): string =>
  String.fromCharCode(length <= 26 ? 64 + length : 96 + length - 26);

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';

/** Four bytes are five digits, the highest first. */
const base85 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    let value = 0;
    for (let index = 0; index < 4; index++) value = value * 256 + (bytes[at + index] ?? 0);
    let five = '';
    for (let index = 0; index < 5; index++) {
      five = digits.charAt(value % 85) + five;
      value = Math.floor(value / 85);
    }
    text += five;
  }
  return text;
};

/** What a block of a deflated stream holds that is not compressed. */
const blockBytes = 65_535;

/** The bytes as a zlib stream (RFC 1950) of stored blocks. */
const stored = (bytes: Uint8Array): Uint8Array => {
  const out: number[] = [0x78, 0x01];
  for (let at = 0; at === 0 || at < bytes.length; at += blockBytes) {
    const part = bytes.subarray(at, at + blockBytes);
    const isLast = at + blockBytes >= bytes.length;
    out.push(
      isLast ? 1 : 0,
      part.length & 0xff,
      part.length >> 8,
      ~part.length & 0xff,
      (~part.length >> 8) & 0xff,
    );
    for (const byte of part) out.push(byte);
  }
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  out.push(high >> 8, high & 0xff, low >> 8, low & 0xff);
  return Uint8Array.from(out);
};
