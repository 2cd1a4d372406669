import { z } from 'zod';
import { behaviours } from '../conformance/agents.ts';
import { defineCommand, withCommon, withServer } from '../flags.ts';
import { collect } from '../settings/setting-flags.ts';

const Flags = z.object({
  only: z.array(z.string()).default([]),
  skip: z.array(z.string()).default([]),
  agent: z.array(z.string()).default([]),
  repo: z.string().optional(),
  junit: z.string().optional(),
  list: z.boolean().optional(),
});

export const conformance = defineCommand({
  flags: Flags,
  declare: (command) =>
    withCommon(withServer(command))
      .description('Checks what a server does on the wire against what the contract promises.')
      .argument('[url]', 'the address of the server, as http://127.0.0.1:3001 (--rest-base)')
      .option('--only <pattern>', 'only checks with this in their topic or name; may be repeated', collect)
      .option('--skip <pattern>', 'not those; may be repeated', collect)
      .option(
        '--repo <url>',
        'a repository the server may import, deliver to (branches wire-…) and forget; its default branch is main',
      )
      .option('--list', 'show the checks and what each promises, without a server')
      .option('--junit <file>', 'write the outcome as JUnit XML, too')
      .option(
        '--agent <behaviour=json>',
        'an agent of the server for the checks, where it has no mock agent; may be repeated',
        collect,
      )
      .addHelpText(
        'after',
        `
What agents of the server must do for the checks; a mock agent that plays scenarios can do it all:
${Object.entries(behaviours)
  .map(([name, does]) => `  ${name.padEnd(5)}  ${does}`)
  .join('\n')}

The key must be an admin's. Sessions and drafts the checks make are deleted; sessions stay in the archive, with the
label ah-conformance.
Exit code 0: everything holds that applies; 1: something does not hold; 4: the key is refused; 5: not reachable.

Examples:
  $ ah conformance http://127.0.0.1:3001
  $ ah conformance http://127.0.0.1:3001 --repo /srv/git/scratch.git
  $ ah conformance https://harbor.example.com --api-key "$KEY" --junit conformance.xml
  $ ah conformance --only streams --only "lists: *cursor" --json
  $ ah conformance http://127.0.0.1:8080 --agent 'fails={"type":"command","settings":{"command":["sh","-c","echo no; exit 3"]}}'`,
      ),
  // The checks are loaded here: the help does without.
  run: async (context, [address], flags) => {
    const { checkServer, listChecks } = await import('../conformance/check-server.ts');
    if (flags.list === true) return listChecks(context, flags);
    return checkServer(context, address, flags);
  },
});
