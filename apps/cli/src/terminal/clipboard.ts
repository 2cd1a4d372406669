const escapeByte = 0x1b;
const bell = 0x07;

/** As many bytes of a sequence are looked at before it is taken for another one. */
const begin = Buffer.from('\u001b]52;');

/**
 * Keeps a program in a session from writing to the clipboard of whoever watches it (OSC 52), and from asking what is in it:
 * everything else passes. A sequence may be torn between two pieces.
 */
export const createClipboardGuard = (): ((bytes: Uint8Array) => Uint8Array) => {
  let matched = 0;
  let isInside = false;
  let last = 0;
  return (bytes) => {
    const passed: number[] = [];
    for (const byte of bytes) {
      if (isInside) {
        // It ends with a bell, or with ESC and a backslash; anything else behind ESC begins another sequence.
        if (byte === bell || last === escapeByte) isInside = false;
        if (last === escapeByte && byte !== 0x5c) passed.push(escapeByte, byte);
      } else {
        if (byte !== begin[matched]) {
          passed.push(...begin.subarray(0, matched));
          matched = 0;
        }
        if (byte === begin[matched]) matched += 1;
        else passed.push(byte);
        if (matched === begin.length) {
          isInside = true;
          matched = 0;
        }
      }
      last = byte;
    }
    return Uint8Array.from(passed);
  };
};
