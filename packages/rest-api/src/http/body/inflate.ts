/** The bytes inside a gzip stream, as they come; the caller stops reading when it has seen enough. */
export async function* inflate(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter();
  let isOver = false;
  const feeding = feed(compressed, writer, () => isOver);
  const reader = stream.readable.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
    await feeding;
  } finally {
    isOver = true;
    await reader.cancel().catch(() => undefined);
    await feeding.catch(() => undefined);
  }
}

const feed = async (
  compressed: AsyncIterable<Uint8Array>,
  writer: WritableStreamDefaultWriter<BufferSource>,
  isOver: () => boolean,
): Promise<void> => {
  try {
    for await (const chunk of compressed) {
      if (isOver()) return;
      await writer.write(new Uint8Array(chunk));
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
};
