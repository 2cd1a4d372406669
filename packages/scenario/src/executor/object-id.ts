/** The id git gives a file of this content: SHA-1 over a header and the bytes. */
export const objectId = (bytes: Uint8Array): string => {
  const header = new TextEncoder().encode(`blob ${bytes.length}\0`);
  const length = header.length + bytes.length;
  const message = new Uint8Array(Math.ceil((length + 9) / 64) * 64);
  message.set(header);
  message.set(bytes, header.length);
  message[length] = 0x80;
  const view = new DataView(message.buffer);
  view.setUint32(message.length - 8, Math.floor(length / 0x2000_0000));
  view.setUint32(message.length - 4, length * 8);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  for (let at = 0; at < message.length; at += 64) state = afterBlock(state, view, at);
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
};

/** Of a file that is not there. */
export const noObject = '0'.repeat(40);

type State = readonly [number, number, number, number, number];

const turned = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

const afterBlock = (state: State, view: DataView, at: number): State => {
  const words: number[] = Array.from({ length: 16 }, (_, index) => view.getInt32(at + index * 4));
  const word = (index: number): number => words[index] ?? 0;
  for (let index = 16; index < 80; index++) {
    words.push(turned(word(index - 3) ^ word(index - 8) ^ word(index - 14) ^ word(index - 16), 1));
  }
  let [a, b, c, d, e] = state;
  for (let index = 0; index < 80; index++) {
    const [mixed, constant] = round(index, b, c, d);
    const next = (turned(a, 5) + mixed + e + constant + word(index)) | 0;
    [a, b, c, d, e] = [next, a, turned(b, 30), c, d];
  }
  const [first, second, third, fourth, fifth] = state;
  return [(first + a) | 0, (second + b) | 0, (third + c) | 0, (fourth + d) | 0, (fifth + e) | 0];
};

const round = (index: number, b: number, c: number, d: number): readonly [number, number] => {
  if (index < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (index < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (index < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
};
