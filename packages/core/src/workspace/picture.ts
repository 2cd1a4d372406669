import type { FilePreview } from '@agent-harbor/api-contract/schemas';

type Picture = NonNullable<FilePreview['image']>;

/**
 * What picture the bytes begin, by the bytes alone: a name proves nothing, and a browser that is told a type would do
 * what the type says. SVG is no picture here, as it may hold scripts.
 */
export const pictureOf = (head: Uint8Array): Omit<Picture, 'data'> | undefined => {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) {
    return picture('image/png', head.length >= 24 ? [view.getUint32(16), view.getUint32(20)] : undefined);
  }
  if (startsWith(head, [0x47, 0x49, 0x46, 0x38])) {
    return picture(
      'image/gif',
      head.length >= 10 ? [view.getUint16(6, true), view.getUint16(8, true)] : undefined,
    );
  }
  if (startsWith(head, [0x52, 0x49, 0x46, 0x46]) && startsWith(head.subarray(8), [0x57, 0x45, 0x42, 0x50])) {
    return picture('image/webp', webpSize(head, view));
  }
  if (startsWith(head, [0xff, 0xd8, 0xff])) return picture('image/jpeg', jpegSize(head, view));
  return undefined;
};

const picture = (
  mime_type: Picture['mime_type'],
  size: readonly [number, number] | undefined,
): Omit<Picture, 'data'> => ({ mime_type, width: size?.[0] ?? null, height: size?.[1] ?? null });

const startsWith = (bytes: Uint8Array, beginning: readonly number[]): boolean =>
  beginning.every((byte, index) => bytes[index] === byte);

/** The extended form tells the size first; of the others it is not read. */
const webpSize = (head: Uint8Array, view: DataView): readonly [number, number] | undefined =>
  startsWith(head.subarray(12), [0x56, 0x50, 0x38, 0x58]) && head.length >= 30
    ? [(view.getUint32(24, true) & 0xffffff) + 1, ((view.getUint32(26, true) >>> 8) & 0xffffff) + 1]
    : undefined;

/** Segment by segment to the first start of a frame, as far as the bytes go. */
const jpegSize = (head: Uint8Array, view: DataView): readonly [number, number] | undefined => {
  for (let at = 2; at + 9 < head.length; ) {
    if (head[at] !== 0xff) return undefined;
    const marker = head[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
};
