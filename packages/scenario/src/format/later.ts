import { z } from 'zod';

/**
 * Timeline entries of the public format that other runners act on. A scenario may hold them; playing a session passes
 * over them. Their inner shape is theirs.
 */
export const laterEntries = {
  /** The handshake a protocol test expects. */
  initialize: z.unknown(),
  /** Where the history of a loaded session ends and the live part begins. */
  sessionStart: z.unknown(),
  /** The user switches mode or model. */
  setMode: z.unknown(),
  setModel: z.unknown(),
  /** The agent asks for leave. */
  agentPermissionRequest: z.unknown(),
  /** The user edits files, runs a command, cancels. */
  userEdits: z.unknown(),
  userCommand: z.unknown(),
  userCancelSession: z.unknown(),
  /** A test takes a picture of the terminal, or checks something. */
  screenshot: z.unknown(),
  assert: z.unknown(),
  assertGit: z.unknown(),
  /** A finished session stays in the lists. */
  merge: z.unknown(),
};

/** Top-level members that other runners act on: how the program under test is started and what it should leave. */
export const laterMembers = {
  terminalRef: z.string().optional(),
  compat: z.record(z.unknown()).optional(),
  ah: z.record(z.unknown()).optional(),
  server: z.record(z.unknown()).optional(),
  acp: z.record(z.unknown()).optional(),
  expect: z.record(z.unknown()).optional(),
};
