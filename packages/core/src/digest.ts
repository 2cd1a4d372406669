const multiplyLeft = 0x85ebca6b;
const multiplyRight = 0xc2b2ae35;

/**
 * 128 bits of a text as hex. Not a cryptographic hash: it tells requests of one caller apart and derives the ids of
 * the mock. It is synchronous, so that nothing but microtasks moves the rules.
 */
export const digest = (text: string): string => {
  const lanes = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x452821e6];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    for (let lane = 0; lane < 4; lane++) {
      const multiplier = lane % 2 === 0 ? multiplyLeft : multiplyRight;
      lanes[lane] = Math.imul((lanes[lane] ?? 0) ^ (unit + lane * 0x10001), multiplier);
      lanes[lane] = ((lanes[lane] ?? 0) << (13 + lane)) | ((lanes[lane] ?? 0) >>> (19 - lane));
    }
  }
  return lanes.map((lane, index) => finish(lane ^ text.length, lanes[(index + 1) % 4] ?? 0)).join('');
};

const finish = (lane: number, neighbour: number): string => {
  let mixed = lane ^ Math.imul(neighbour, multiplyLeft);
  mixed = Math.imul(mixed ^ (mixed >>> 16), multiplyLeft);
  mixed = Math.imul(mixed ^ (mixed >>> 13), multiplyRight);
  return ((mixed ^ (mixed >>> 16)) >>> 0).toString(16).padStart(8, '0');
};
