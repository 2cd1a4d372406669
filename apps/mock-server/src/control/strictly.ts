import { z } from 'zod';

/**
 * The schema for a request: a member it does not name is refused at every level, as everywhere in our contract. For
 * schemas that are written for answers, which let pass what a newer server may add.
 */
export const strictly = (schema: z.ZodTypeAny): z.ZodTypeAny => {
  if (schema instanceof z.ZodObject) {
    const members: [string, z.ZodTypeAny][] = Object.entries(schema.shape);
    return z.object(Object.fromEntries(members.map(([name, member]) => [name, strictly(member)]))).strict();
  }
  if (schema instanceof z.ZodArray) return new z.ZodArray({ ...schema._def, type: strictly(schema.element) });
  if (schema instanceof z.ZodOptional) return strictly(schema.unwrap()).optional();
  if (schema instanceof z.ZodNullable) return strictly(schema.unwrap()).nullable();
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const options = schema.options
      .map(strictly)
      .filter((option: z.ZodTypeAny) => option instanceof z.ZodObject);
    const [first, ...rest] = options;
    return first === undefined ? schema : z.discriminatedUnion(schema.discriminator, [first, ...rest]);
  }
  return schema;
};
