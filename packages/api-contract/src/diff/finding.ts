import { z } from 'zod';

/** What clients send; what they get as an answer; what a stream of events brings them. */
export const Direction = z.enum(['request', 'response', 'event']);
export type Direction = z.infer<typeof Direction>;

/**
 * `breaking`: a client that did everything right can fail. `additive`: every such client goes on as before, but what
 * travels may differ. `neutral`: nothing that travels differs.
 */
export const FindingClass = z.enum(['breaking', 'additive', 'neutral']);
export type FindingClass = z.infer<typeof FindingClass>;

/** One change of the contract and what it means. */
export const Finding = z
  .object({
    /** `<rule>:<direction>:<place>`: the same for the same change, so that a changeset can name it. */
    id: z.string(),
    rule: z.string(),
    class: FindingClass,
    direction: Direction,
    /** `Session.agent.version` in a component, else `POST /api/v1/tasks · request body · repo.url`. */
    place: z.string(),
    /** The routes it reaches, each as method and path. */
    routes: z.array(z.string()),
    /** What happened, in a few words. */
    what: z.string(),
    /** What stood there, in a few words; null where nothing did. */
    before: z.string().nullable(),
    after: z.string().nullable(),
    /** Why it matters and what to do. */
    why: z.string(),
  })
  .strict();
export type Finding = z.infer<typeof Finding>;
