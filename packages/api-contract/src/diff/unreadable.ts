/** A document that cannot be compared: it is not OpenAPI 3, or says what cannot be followed. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument';
}

/** Says in which place of the contract a document turned out to be unreadable. */
export const within = <Result>(place: string, read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableDocument) || error.cause === placed) throw error;
    throw new UnreadableDocument(`${place}: ${error.message}`, { cause: placed });
  }
};

/** Marks a message that has its place: the innermost says it best. */
const placed = Symbol('placed');
