import { z } from 'zod';

/** What V8's sampling profiler writes (Profiler.Profile of the inspector's protocol), as far as it is read here. */
export const CpuProfile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
        columnNumber: z.number(),
      }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  /** µs since the sample before. */
  timeDeltas: z.array(z.number()),
});
export type CpuProfile = z.infer<typeof CpuProfile>;

/** A function that was met, and how long it ran itself. */
export interface Frame {
  readonly name: string;
  /** The file it is in; that of who called it where it has none, as functions of Node's own and of addons. */
  readonly url: string;
  /** Counted from 0. */
  readonly line: number;
  readonly column: number;
  /** µs without what it called. */
  readonly self: number;
}

/** Every function of a profile in which time was spent. */
export const framesOf = ({ nodes, samples, timeDeltas }: CpuProfile): Frame[] => {
  const spent = new Map<number, number>();
  for (const [index, id] of samples.entries()) spent.set(id, (spent.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const callers = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node])));
  return nodes.flatMap((node) => {
    const self = spent.get(node.id) ?? 0;
    if (self <= 0) return [];
    // What has no file is done for whoever called it, but for what V8 itself does.
    let placed = node;
    if (!node.callFrame.functionName.startsWith('(')) {
      for (let up = callers.get(node.id); placed.callFrame.url === '' && up !== undefined; ) {
        placed = up;
        up = callers.get(up.id);
      }
    }
    const { url, lineNumber: line, columnNumber: column } = placed.callFrame;
    return [{ name: node.callFrame.functionName, url, line, column, self }];
  });
};
