import { z } from 'zod';
import { text } from './primitives.ts';

/** An editor that can be opened on a workspace; `terminal` is a shell there. */
export const Ide = z.enum([
  'vscode',
  'vscode-insiders',
  'vscodium',
  'cursor',
  'windsurf',
  'zed',
  'jetbrains',
  'vim',
  'neovim',
  'emacs',
  'terminal',
]);
export type Ide = z.infer<typeof Ide>;

export const OpenIde = z
  .object({
    ide: Ide,
    /** A file of the workspace to show; the workspace itself when absent. */
    file: text(1, 4096).optional(),
    /** The line to show of it, from 1. */
    line: z.number().int().min(1).max(10_000_000).optional(),
    /** The name by which SSH reaches the host of the executor from where the editor runs, as `me@build-1`. */
    ssh_host: z
      .string()
      .regex(
        /^(?:[A-Za-z0-9_][\w.-]{0,63}@)?[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/,
        'must be a host, or user@host',
      )
      .optional(),
  })
  .strict();
export type OpenIde = z.infer<typeof OpenIde>;

/** How an editor is opened: a link for a browser where it has one, and a command as an argv. */
export const IdeWay = z.object({ url: z.string().nullable(), command: z.array(z.string()).min(1) });
export type IdeWay = z.infer<typeof IdeWay>;

/**
 * Nothing is started: the editor runs where its user sits. `local` works on the host of the executor, `remote` from
 * elsewhere over SSH; null when no `ssh_host` was given, as the server does not know by what name a user reaches it.
 */
export const IdeLink = z.object({
  ide: Ide,
  executor_id: z.string().nullable(),
  path: z.string(),
  local: IdeWay,
  remote: IdeWay.nullable(),
  note: z.string(),
});
export type IdeLink = z.infer<typeof IdeLink>;
