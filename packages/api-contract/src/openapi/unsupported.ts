/** Where in a schema: the members on the way, from its name. */
export type At = readonly string[];

/** A schema of which no JSON Schema can tell the truth. */
export const unsupported = (construct: string, at: At): never => {
  throw new Error(`${at.join('.') || 'the schema'}: there is no true JSON Schema for ${construct}`);
};
