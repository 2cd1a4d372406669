import { trackedFiles } from '@agent-harbor/core';
import { z } from 'zod';
import { findRepository } from '../../find-repository.ts';
import { defineCommand, wholeNumber, withCommon, withServer } from '../../flags.ts';
import { safeJson } from '../../terminal/clean.ts';

/** How many lines are written at once. */
const together = 500;

export const files = defineCommand({
  flags: z.object({
    ref: z.string().optional(),
    search: z.string().optional(),
    limit: wholeNumber(1, 100_000_000).optional(),
  }),
  declare: (command) =>
    withCommon(withServer(command))
      .description('Lists the files git tracks in a repository, as they come, however many they are.')
      .argument('<repository>', 'its id, its name, its url, a path, or latest')
      .argument('[path]', 'only this file, or what is below this directory')
      .option('--ref <name>', 'a branch, a tag or a whole commit id (the default branch)')
      .option('--search <text>', 'only paths with this in them')
      .option('--limit <number>', 'at most so many')
      .addHelpText(
        'after',
        `
With --json it prints one object on each line.

Examples:
  $ ah repo files acme/shop src --ref v1.2.0
  $ ah repo files acme/shop --search .proto | xargs -n 1 basename`,
      ),
  run: async (context, [name = '', path], { ref, search, limit = Number.POSITIVE_INFINITY }) => {
    const client = await context.client();
    const { id } = await findRepository(client, name, context.io.cwd);
    const query = { ref, path, q: search, perPage: Math.min(limit, 5_000) };
    let lines: string[] = [];
    let told = 0;
    const write = async () => {
      if (context.json) await context.io.stdout.write(lines.map((line) => `${line}\n`).join(''));
      else await context.printAll(lines);
      lines = [];
    };
    const signal = context.io.interrupted;
    for await (const file of trackedFiles(client.catalogue, id, query, { signal })) {
      lines.push(context.json ? safeJson(file) : file.path);
      told += 1;
      if (lines.length >= together) await write();
      if (told >= limit) break;
    }
    await write();
  },
});
